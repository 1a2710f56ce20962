import { NAMESPACE_MODE_LABEL } from '../../policy/effective-mode.ts'
import type { InventoryTarget } from '../apply-inventory.ts'
import { type NamespaceFacts, parseNamespace } from '../parse-namespace.ts'
import { type WatchedKind, wireFormat } from './watched-kind.ts'

const WIRE = wireFormat({ labels: { [NAMESPACE_MODE_LABEL]: true } }, {}, true)

/** Namespaces: their metadata is all that is asked for, and one label all that is kept. */
export const namespaceKind = (roster: InventoryTarget): WatchedKind<NamespaceFacts> => ({
  name: 'namespaces',
  path: '/api/v1/namespaces',
  resource: { group: '', resource: 'namespaces', verbs: ['list', 'watch'] },
  wire: WIRE,
  parse: parseNamespace,
  put: ({ name, modeLabel }) => roster.setNamespaceMode(name, modeLabel),
  remove: name => roster.removeNamespace(name),
})
