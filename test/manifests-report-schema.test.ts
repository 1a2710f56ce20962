// The CustomResourceDefinition and src/report say the same about a report: the same fields, the same words, the same nulls.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { reportKind } from '../src/inventory/cluster/report-kind.ts'
import { parseNodeReport, REPORT_API_VERSION, REPORT_KIND } from '../src/report/parse-node-report.ts'
import { baseObject, MANIFESTS, type Yaml } from './support/manifests.ts'

const definition = baseObject('CustomResourceDefinition', 'nodesnapshotters.soci-guard.dev')
const [served] = definition.spec.versions
const schema = served.schema.openAPIV3Schema
const spec = schema.properties.spec

interface Field {
  readonly path: string
  readonly schema: Yaml
}

/** Every field below a schema; the items of a list are the field `path[]`, the values of a map `path{}`. */
const fieldsOf = (parent: Yaml, path: string): Field[] => [
  ...Object.entries(parent.properties ?? {}).flatMap(([name, child]) =>
    below(path === '' ? name : `${path}.${name}`, child),
  ),
  ...(parent.items === undefined ? [] : below(`${path}[]`, parent.items)),
  ...(parent.additionalProperties === undefined ? [] : below(`${path}{}`, parent.additionalProperties)),
]

const below = (path: string, child: Yaml): Field[] => [{ path, schema: child }, ...fieldsOf(child, path)]

const fields = fieldsOf(spec, '')
const typed = (type: string): Field[] => fields.filter(field => field.schema.type === type)

const reportWith = (changes: Record<string, unknown>): Yaml => ({
  apiVersion: REPORT_API_VERSION,
  kind: REPORT_KIND,
  metadata: { name: 'node1' },
  spec: changes,
})

const parse = (changes: Record<string, unknown>): Yaml => {
  const parsed = parseNodeReport(reportWith(changes))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

/** One value that the schema allows, with every field and every list and map filled. */
const fullValue = (field: Yaml): unknown => {
  if (field.enum !== undefined) return field.enum[0]
  switch (field.type) {
    case 'object':
      return field.additionalProperties === undefined
        ? Object.fromEntries(Object.entries(field.properties).map(([name, child]) => [name, fullValue(child)]))
        : { soci: fullValue(field.additionalProperties) }
    case 'array':
      return [fullValue(field.items)]
    case 'integer':
      return 7
    case 'boolean':
      return true
    default:
      return field.format === 'date-time' ? '2026-11-22T08:00:00Z' : 'Text'
  }
}

/** A value like the full one in which everything is absent, but for one item in each list of objects. */
const emptyValue = (field: Yaml): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries<Yaml>(field.properties).flatMap(([name, child]): [string, unknown][] => {
      if (child.nullable) return []
      if (child.type === 'object') return [[name, emptyValue(child)]]
      return child.type === 'array' && child.items.type === 'object' ? [[name, [emptyValue(child.items)]]] : []
    }),
  )

const pathsOf = (value: unknown, path: string): string[] => {
  if (Array.isArray(value)) return [path, ...new Set(value.flatMap(item => pathsOf(item, `${path}[]`)))]
  if (typeof value !== 'object' || value === null) return [path]
  const children = Object.entries(value).flatMap(([name, child]) =>
    pathsOf(child, name === 'soci' ? `${path}{}` : path === '' ? name : `${path}.${name}`),
  )
  return path === '' ? children : [path, ...children]
}

const nullPathsOf = (value: unknown, path: string): string[] => {
  if (value === null) return [path]
  if (Array.isArray(value)) return value.flatMap(item => nullPathsOf(item, `${path}[]`))
  if (typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, child]) => nullPathsOf(child, path === '' ? name : `${path}.${name}`))
}

t.test('the names are those that are read and watched', async t => {
  const { group, scope, names } = definition.spec
  t.equal(`${group}/${served.name}`, REPORT_API_VERSION)
  t.equal(names.kind, REPORT_KIND)
  t.equal(scope, 'Cluster')
  t.equal(definition.metadata.name, `${names.plural}.${group}`)
  const watched = reportKind({} as Parameters<typeof reportKind>[0], () => 0, {} as Parameters<typeof reportKind>[2])
  t.equal(watched.path, `/apis/${REPORT_API_VERSION}/${names.plural}`)
})

t.test('every field of a report is in the schema, and every field of the schema is read', async t => {
  const { name, ...report } = parse(fullValue(spec) as Record<string, unknown>)
  t.equal(name, 'node1')
  t.strictSame(pathsOf(report, '').sort(), fields.map(field => field.path).sort())
})

t.test('what may be null in a report may be null in the schema, and nothing else', async t => {
  const nullable = fields.filter(field => field.schema.nullable === true).map(field => field.path)
  t.strictSame(nullPathsOf(parse(emptyValue(spec)), '').sort(), nullable.sort())
})

t.test('the words of the schema are read, and no others', async t => {
  const words = fields.filter(field => field.schema.enum !== undefined)
  t.equal(words.length, 3)
  const withWord = (path: string, word: string): Record<string, unknown> =>
    path.split('.').reduceRight<unknown>((inner, part) => {
      const name = part.replace('[]', '')
      return { [name]: part.endsWith('[]') ? [inner] : inner }
    }, word) as Record<string, unknown>
  for (const { path, schema } of words) {
    for (const word of schema.enum) t.ok(parseNodeReport(reportWith(withWord(path, word))).ok, `${path}: ${word}`)
    const other = parseNodeReport(reportWith(withWord(path, 'Other')))
    const want = `expected one of ${schema.enum.join(', ')}; found "Other"`
    t.match(other, { ok: false, problems: [{ message: want }] })
  }
})

t.test('every field says what it is', async t => {
  const silent = [{ path: 'NodeSnapshotter', schema }, { path: 'spec', schema: spec }, ...fields].filter(
    field => !/^[A-Z].{10,}\.$/s.test(field.schema.description ?? ''),
  )
  t.strictSame(
    silent.map(({ path }) => path),
    [],
  )
})

t.test('every field has a limit', async t => {
  const unlimited = [
    ...typed('string').filter(field => field.schema.maxLength === undefined && field.schema.enum === undefined),
    ...typed('array').filter(field => field.schema.maxItems === undefined),
    ...typed('object').filter(field => field.schema.additionalProperties && field.schema.maxProperties === undefined),
    ...typed('integer').filter(field => field.schema.minimum !== 0 || field.schema.format !== 'int64'),
  ]
  t.strictSame(
    unlimited.map(({ path }) => path),
    [],
  )
  for (const list of [
    'containers.foreign',
    ...['foreign', 'stranded', 'recoverable', 'missing'].map(of => `images.${of}`),
  ]) {
    t.equal(fields.find(({ path }) => path === list)?.schema.maxItems, 10, list)
  }
})

t.test('every list says how server-side apply merges it', async t => {
  for (const { path, schema } of typed('array')) {
    const keys = schema['x-kubernetes-list-map-keys']
    const want = keys === undefined ? 'atomic' : 'map'
    t.equal(schema['x-kubernetes-list-type'], want, path)
    for (const key of keys ?? []) t.ok(schema.items.required.includes(key), `${path}: ${key}`)
  }
})

t.test('what is required exists', async t => {
  for (const { path, schema } of [{ path: 'spec', schema: spec }, ...fields]) {
    for (const name of schema.required ?? []) t.ok(Object.hasOwn(schema.properties, name), `${path}.${name}`)
  }
})

t.test('the columns show fields that there are', async t => {
  const paths = new Set(fields.map(({ path }) => `.spec.${path}`))
  const unknown = served.additionalPrinterColumns.filter(
    (column: Yaml) => !paths.has(column.jsonPath) && column.jsonPath !== '.metadata.creationTimestamp',
  )
  t.strictSame(unknown, [])
})

t.test('what an agent may not take back is guarded by rules', async t => {
  const rules: Yaml[] = spec['x-kubernetes-validations']
  t.strictSame(
    rules.map(rule => rule.fieldPath),
    ['.sequence', '.mixed'],
  )
})

const folder = join(MANIFESTS, '..')
const files = [
  'examples/inventory.yaml',
  ...readdirSync(join(folder, 'test/fixtures/nodes')).map(name => `test/fixtures/nodes/${name}`),
]
const reports = files.flatMap(file =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8'))
    .map(document => document.toJS() as Yaml)
    .filter(object => object?.kind === REPORT_KIND)
    .map(object => ({ name: `${file}: ${object.metadata.name}`, object })),
)

t.test('every report of the tests and examples fits the schema', async t => {
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema)
  t.ok(reports.length > 20)
  for (const { name, object } of reports) t.ok(validate(object), `${name} ${JSON.stringify(validate.errors)}`)
})
