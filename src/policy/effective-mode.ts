import type { GuardConfiguration } from './configuration.ts'
import { isMode, type Mode, weakerMode } from './mode.ts'

/** The label by which a namespace chooses its mode. */
export const NAMESPACE_MODE_LABEL = 'soci-guard.dev/mode'

/** The weaker of the node's mode and the namespace's; a namespace without a (known) label has the configuration's mode. */
export const effectiveMode = (input: {
  readonly nodeMode: Mode
  readonly namespaceLabel: string | undefined
  readonly configuration: Pick<GuardConfiguration, 'mode' | 'namespaceModes'>
}): Mode => weakerMode(input.nodeMode, namespaceMode(input.namespaceLabel, input.configuration))

// A misspelt label must not switch the guard off, so it counts as no label.
const namespaceMode = (
  label: string | undefined,
  { mode, namespaceModes }: Pick<GuardConfiguration, 'mode' | 'namespaceModes'>,
): Mode => (namespaceModes && label !== undefined && isMode(label) ? label : mode)
