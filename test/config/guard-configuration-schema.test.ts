import { Ajv } from 'ajv'
import t from 'tap'
import schema from '../../schemas/guard-configuration.schema.json' with { type: 'json' }
import { completeConfiguration } from '../../src/config/complete-configuration.ts'
import { isConfigurationDocument } from '../../src/config/configuration-schema.ts'
import { DEFAULT_CONFIGURATION } from '../../src/config/default-configuration.ts'
import { MODES } from '../../src/policy/mode.ts'
import { ADVISORIES } from '../../src/policy/reasons.ts'
import { parseLabelSelector } from '../../src/scheduling/parse-label-selector.ts'
import type { Schema } from './schema.ts'

const fieldsOf = (node: Schema, path = ''): { path: string; field: Schema }[] =>
  Object.entries(node.properties ?? {}).flatMap(([name, field]) => [
    { path: `${path}${name}`, field },
    ...fieldsOf(field, `${path}${name}.`),
  ])

const fields = [schema as Schema, ...Object.values(schema.definitions as Record<string, Schema>)].flatMap(node =>
  fieldsOf(node),
)

t.test('the schema is a valid draft-07 schema', async t => {
  t.ok(new Ajv().validateSchema(schema))
})

t.test('every field has a description, and says what is expected of it', async t => {
  t.strictSame(
    fields.filter(({ field }) => field.description === undefined).map(({ path }) => path),
    [],
  )
  t.strictSame(
    fields.filter(
      ({ field: { title, enum: choices, const: constant, $ref } }) => !(title ?? choices ?? constant ?? $ref),
    ),
    [],
  )
})

t.test('modes and advisories are those of the policy, without the one that is only ever said', async t => {
  t.strictSame(schema.definitions.mode.enum, MODES)
  t.strictSame(
    schema.properties.violations.items.enum,
    ADVISORIES.filter(advisory => advisory !== 'EvidenceHeld'),
  )
})

t.test('the defaults that editors show are those that hold', async t => {
  const document = Object.fromEntries(
    Object.entries(schema.properties as Record<string, Schema>)
      .map(([name, field]) => [name, field.default ?? defaultsBelow(field)] as const)
      .filter(([, value]) => value !== undefined),
  )
  t.strictSame(completeConfiguration(document), DEFAULT_CONFIGURATION)
})

const defaultsBelow = (field: Schema): Record<string, unknown> | undefined =>
  field.properties &&
  Object.fromEntries(Object.entries(field.properties).map(([name, { default: value }]) => [name, value]))

const selectors: { name: string; selector: unknown; want: boolean }[] = [
  { name: 'an empty selector', selector: {}, want: true },
  { name: 'empty parts', selector: { matchLabels: {}, matchExpressions: [] }, want: true },
  { name: 'null parts', selector: { matchLabels: null, matchExpressions: null }, want: true },
  { name: 'a label with an empty value', selector: { matchLabels: { a: '' } }, want: true },
  {
    name: 'a prefixed key',
    selector: { matchLabels: { 'node.kubernetes.io/instance-type': 'm7g.large' } },
    want: true,
  },
  { name: 'a prefix with capitals', selector: { matchLabels: { 'Example.com/a': 'b' } }, want: false },
  { name: 'a key with two slashes', selector: { matchLabels: { 'a/b/c': 'd' } }, want: false },
  { name: 'a key of 63 characters', selector: { matchLabels: { ['a'.repeat(63)]: 'b' } }, want: true },
  { name: 'a key of 64 characters', selector: { matchLabels: { ['a'.repeat(64)]: 'b' } }, want: false },
  { name: 'a prefix of 253 characters', selector: { matchLabels: { [`${'a'.repeat(253)}/b`]: 'c' } }, want: true },
  { name: 'a prefix of 254 characters', selector: { matchLabels: { [`${'a'.repeat(254)}/b`]: 'c' } }, want: false },
  { name: 'an empty prefix', selector: { matchLabels: { '/a': 'b' } }, want: false },
  { name: 'an empty key', selector: { matchLabels: { '': 'b' } }, want: false },
  { name: 'a value of 63 characters', selector: { matchLabels: { a: 'b'.repeat(63) } }, want: true },
  { name: 'a value of 64 characters', selector: { matchLabels: { a: 'b'.repeat(64) } }, want: false },
  { name: 'a value that ends with a dash', selector: { matchLabels: { a: 'b-' } }, want: false },
  { name: 'a value that is no text', selector: { matchLabels: { a: 1 } }, want: false },
  { name: 'In with values', selector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }, want: true },
  {
    name: 'NotIn with none',
    selector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: [] }] },
    want: false,
  },
  { name: 'In with null', selector: { matchExpressions: [{ key: 'a', operator: 'In', values: null }] }, want: false },
  {
    name: 'In with a bad value',
    selector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['!'] }] },
    want: false,
  },
  {
    name: 'Exists with null',
    selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: null }] },
    want: true,
  },
  {
    name: 'Exists with one',
    selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
    want: false,
  },
  {
    name: 'an operator of node selectors',
    selector: { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] },
    want: false,
  },
  { name: 'an expression without a key', selector: { matchExpressions: [{ operator: 'Exists' }] }, want: false },
  { name: 'an expression without an operator', selector: { matchExpressions: [{ key: 'a' }] }, want: false },
  { name: 'a list', selector: [], want: false },
]

for (const { name, selector, want } of selectors) {
  t.test(`${name} as a selector: the schema and the parser of Kubernetes selectors agree`, async t => {
    const document = {
      apiVersion: 'soci-guard.dev/v1alpha1',
      kind: 'GuardConfiguration',
      pools: [{ name: 'a', nodeSelector: selector }],
    }
    t.equal(isConfigurationDocument(document), want, 'the schema')
    t.equal(parseLabelSelector(selector, 'nodeSelector').ok, want, 'the parser')
  })
}
