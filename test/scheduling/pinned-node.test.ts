import t from 'tap'
import { pinnedNodeName } from '../../src/scheduling/pinned-node.ts'
import type { NodeSelectorTerm } from '../../src/scheduling/pod-constraints.ts'
import { expressions, fields, requirement } from './builders.ts'

const pin = (name: string) => requirement('metadata.name', 'In', name)

const cases: { name: string; terms: NodeSelectorTerm[] | null; want: string | null }[] = [
  { name: 'a pod without affinity', terms: null, want: null },
  { name: 'an affinity without terms', terms: [], want: null },
  { name: 'the affinity the DaemonSet controller writes', terms: [fields(pin('node1'))], want: 'node1' },
  {
    name: 'a pin with expressions beside it',
    terms: [{ ...expressions(requirement('a', 'Exists')), matchFields: [pin('node1')] }],
    want: 'node1',
  },
  { name: 'the same pin in every term', terms: [fields(pin('node1')), fields(pin('node1'))], want: 'node1' },
  { name: 'different pins', terms: [fields(pin('node1')), fields(pin('node2'))], want: null },
  {
    name: 'a pin in one term only',
    terms: [fields(pin('node1')), expressions(requirement('a', 'Exists'))],
    want: null,
  },
  {
    name: 'a term without a pin first',
    terms: [expressions(requirement('a', 'Exists')), fields(pin('node1'))],
    want: null,
  },
  { name: 'an excluded node', terms: [fields(requirement('metadata.name', 'NotIn', 'node1'))], want: null },
  { name: 'another field', terms: [fields(requirement('metadata.uid', 'In', 'node1'))], want: null },
  {
    name: 'two names in one field, which is an error',
    terms: [fields(requirement('metadata.name', 'In', 'node1', 'node2'))],
    want: null,
  },
  { name: 'a pin beside an empty term, which matches nothing', terms: [fields(), fields(pin('node1'))], want: 'node1' },
  {
    name: 'a pin beside a term with an error, which matches nothing',
    terms: [fields(pin('node1')), expressions(requirement('a', 'Near'))],
    want: 'node1',
  },
]

for (const { name, terms, want } of cases) {
  t.test(`${name}: ${want ?? 'no node'}`, async t => t.equal(pinnedNodeName({ requiredTerms: terms }), want))
}
