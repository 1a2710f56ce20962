import t from 'tap'
import { createRequiredNodeAffinity } from '../../src/scheduling/node-affinity.ts'
import type { NodeSelectorTerm } from '../../src/scheduling/pod-constraints.ts'
import { expressions, fields, node, requirement } from './builders.ts'

const ssd = expressions(requirement('disk', 'In', 'ssd'))
const hdd = expressions(requirement('disk', 'In', 'hdd'))
const broken = expressions(requirement('disk', 'In', 'ssd'), requirement('zone', 'Near', 'a'))
const empty = expressions()
const target = node({ name: 'node1', labels: { disk: 'ssd', zone: 'a', odd: 'two words' } })

const cases: { name: string; selector?: Record<string, string>; terms?: NodeSelectorTerm[] | null; want: boolean }[] = [
  { name: 'a pod that asks for nothing matches', want: true },
  { name: 'every entry of the node selector must be there', selector: { disk: 'ssd', zone: 'a' }, want: true },
  { name: 'one wrong entry of the node selector is enough', selector: { disk: 'ssd', zone: 'b' }, want: false },
  { name: 'a node selector does not match an absent label', selector: { gpu: '' }, want: false },
  { name: 'a node selector is compared without validation', selector: { odd: 'two words' }, want: true },
  { name: 'a node selector does not match what objects inherit', selector: { constructor: '' }, want: false },
  { name: 'no terms match nothing', terms: [], want: false },
  { name: 'an empty term matches nothing', terms: [empty], want: false },
  { name: 'an empty term takes nothing from the others', terms: [empty, ssd], want: true },
  { name: 'one matching term is enough', terms: [hdd, ssd], want: true },
  { name: 'no matching term', terms: [hdd], want: false },
  {
    name: 'all expressions of a term must hold',
    terms: [expressions(requirement('disk', 'In', 'ssd'), requirement('zone', 'NotIn', 'a'))],
    want: false,
  },
  {
    name: 'contradicting expressions match nothing',
    terms: [expressions(requirement('disk', 'Exists'), requirement('disk', 'DoesNotExist'))],
    want: false,
  },
  { name: 'a term with an error does not match', terms: [broken], want: false },
  { name: 'a term with an error does not keep another from matching', terms: [broken, ssd], want: true },
  { name: 'a field names the node', terms: [fields(requirement('metadata.name', 'In', 'node1'))], want: true },
  { name: 'a field names another node', terms: [fields(requirement('metadata.name', 'In', 'node2'))], want: false },
  { name: 'a field excludes the node', terms: [fields(requirement('metadata.name', 'NotIn', 'node1'))], want: false },
  {
    name: 'a field excludes another node',
    terms: [fields(requirement('metadata.name', 'NotIn', 'node2'))],
    want: true,
  },
  {
    name: 'a field with two names is an error',
    terms: [fields(requirement('metadata.name', 'In', 'node1', 'node2'))],
    want: false,
  },
  { name: 'a field without a name is an error', terms: [fields(requirement('metadata.name', 'NotIn'))], want: false },
  {
    name: 'a field with another operator is an error',
    terms: [fields(requirement('metadata.name', 'Exists'))],
    want: false,
  },
  {
    name: 'all fields must hold',
    terms: [fields(requirement('metadata.name', 'In', 'node1'), requirement('metadata.name', 'In', 'node2'))],
    want: false,
  },
  { name: 'another field reads as nothing', terms: [fields(requirement('metadata.uid', 'In', 'x'))], want: false },
  { name: 'another field is not in any value', terms: [fields(requirement('metadata.uid', 'NotIn', 'x'))], want: true },
  {
    name: 'fields and expressions must both hold',
    terms: [{ ...hdd, matchFields: [requirement('metadata.name', 'In', 'node1')] }],
    want: false,
  },
  {
    name: 'an error in a field fails the whole term',
    terms: [{ ...ssd, matchFields: [requirement('metadata.name', 'Gt', '1')] }],
    want: false,
  },
  { name: 'node selector and affinity must both match', selector: { zone: 'b' }, terms: [ssd], want: false },
  { name: 'node selector and affinity both match', selector: { zone: 'a' }, terms: [hdd, ssd], want: true },
]

for (const { name, selector = {}, terms = null, want } of cases) {
  t.test(name, async t => {
    t.equal(createRequiredNodeAffinity({ nodeSelector: selector, requiredTerms: terms }).matches(target), want)
  })
}
