import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { parseNodeReport } from '../../src/report/parse-node-report.ts'

const path = resolve(import.meta.dirname, '../fixtures/nodes/ConfiguredAfterLaunch.yaml')
const object = parseAllDocuments(readFileSync(path, 'utf8'))[1]?.toJS()
const minimal = (spec: unknown = {}) => ({
  apiVersion: 'soci-guard.dev/v1alpha1',
  kind: 'NodeSnapshotter',
  metadata: { name: 'node1' },
  spec,
})

const valueIn = (input: unknown) => {
  const parsed = parseNodeReport(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

const problemsIn = (input: unknown): string[] => {
  const parsed = parseNodeReport(input)
  return parsed.ok ? [] : parsed.problems.map(problem => `${problem.path}: ${problem.message}`)
}

t.test('a whole object is read, field for field', async t => {
  const { spec } = object
  t.strictSame(valueIn(object), { name: 'node1', ...spec, mixed: null })
})

t.test('fields that are absent or null are facts that could not be told', async t => {
  const unknown = {
    name: 'node1',
    nodeUID: '',
    bootID: '',
    bootTime: '',
    agent: { podUID: '', version: '' },
    runtime: { name: '', version: '', rootUUID: '', session: null, criError: '' },
    defaultSnapshotter: { name: '', source: '' },
    snapshotters: [],
    runtimeHandlers: [],
    containers: { bySnapshotter: null, foreign: null },
    images: { total: null, foreign: null, stranded: null, recoverable: null, missing: null },
    sandboxImage: { reference: '', status: 'Unknown' },
    discardUnpackedLayers: null,
    snapshotAnnotations: null,
    configTrap: '',
    registryAuthentication: 'Unknown',
    mixed: null,
    verified: false,
    sequence: 0,
    renewTime: '',
  }
  t.strictSame(valueIn(minimal()), unknown)
  const nulls = Object.fromEntries(Object.keys(unknown).map(key => [key, null]))
  t.strictSame(valueIn(minimal(nulls)), unknown)
})

t.test('an empty latch is a latch', async t => {
  t.strictSame(valueIn(minimal({ mixed: {} })).mixed, { since: '', reason: '', message: '' })
})

t.test('fields that are not known here are ignored, however large', async t => {
  const { name } = valueIn(minimal({ futureFacts: { list: Array.from({ length: 10_000 }, () => 'x') } }))
  t.equal(name, 'node1')
})

t.test('names that every JavaScript object has are ordinary keys', async t => {
  const bySnapshotter = JSON.parse('{"__proto__":1,"constructor":2}')
  t.strictSame(Object.entries(valueIn(minimal({ containers: { bySnapshotter } })).containers.bySnapshotter ?? {}), [
    ['__proto__', 1],
    ['constructor', 2],
  ])
  t.strictSame(problemsIn(Object.create({ apiVersion: 'soci-guard.dev/v1alpha1', kind: 'NodeSnapshotter' })), [
    'apiVersion: expected soci-guard.dev/v1alpha1; found nothing',
    'kind: expected NodeSnapshotter; found nothing',
    'metadata.name: expected the name of a node; found nothing',
    'spec: expected what the agent observed; found nothing',
  ])
})

const NOT_REPORTS = [
  { name: 'nothing', input: undefined, want: [': expected an object; found null'] },
  { name: 'a list', input: [], want: [': expected an object; found a list'] },
  {
    name: 'another kind of another version',
    input: { ...minimal(), apiVersion: 'soci-guard.dev/v2', kind: 'Node' },
    want: [
      'apiVersion: expected one of soci-guard.dev/v1alpha1; found "soci-guard.dev/v2"',
      'kind: expected one of NodeSnapshotter; found "Node"',
    ],
  },
  {
    name: 'metadata and spec of a wrong type',
    input: { ...minimal(), metadata: 'node1', spec: [1] },
    want: ['metadata: expected an object; found "node1"', 'spec: expected an object; found a list'],
  },
]

for (const { name, input, want } of NOT_REPORTS) {
  t.test(`${name} is not a report`, async t => t.strictSame(problemsIn(input), want))
}

t.test('every field of a wrong type is a problem with its path, all at once', async t => {
  const wrong = {
    nodeUID: 5,
    agent: 'x',
    runtime: { session: { pid: '812' } },
    snapshotters: [{ name: 'soci', registered: 'yes' }, 'overlayfs'],
    containers: { bySnapshotter: { soci: -1, 'a.b/c': 1.5 }, foreign: [{ kind: 'pod', createdAt: 1 }] },
    images: { total: 2 ** 60, stranded: ['a', 1, { b: 1 }], missing: 'none' },
    sandboxImage: { status: 'stranded' },
    snapshotAnnotations: 'true',
    registryAuthentication: 'x'.repeat(100),
    mixed: 'yes',
    verified: 1,
    sequence: -1,
  }
  t.strictSame(problemsIn(minimal(wrong)).sort(), [
    'spec.agent: expected an object; found "x"',
    'spec.containers.bySnapshotter.soci: expected a whole number of 0 or more; found -1',
    'spec.containers.bySnapshotter["a.b/c"]: expected a whole number of 0 or more; found 1.5',
    'spec.containers.foreign[0].createdAt: expected a string; found 1',
    'spec.containers.foreign[0].kind: expected one of sandbox, container; found "pod"',
    'spec.images.missing: expected a list; found "none"',
    'spec.images.stranded[1]: expected a string; found 1',
    'spec.images.stranded[2]: expected a string; found an object',
    'spec.images.total: expected a whole number of 0 or more; found 1152921504606847000',
    'spec.mixed: expected an object; found "yes"',
    'spec.nodeUID: expected a string; found 5',
    `spec.registryAuthentication: expected one of CRICredentials, DockerConfig, KubernetesSecrets, None, Unknown; found "${'x'.repeat(59)}…`,
    'spec.runtime.session.pid: expected a whole number of 0 or more; found "812"',
    'spec.sandboxImage.status: expected one of InDefault, Recoverable, Stranded, Missing, Unknown; found "stranded"',
    'spec.sequence: expected a whole number of 0 or more; found -1',
    'spec.snapshotAnnotations: expected true or false; found "true"',
    'spec.snapshotters[0].registered: expected true or false; found "yes"',
    'spec.snapshotters[1]: expected an object; found "overlayfs"',
    'spec.verified: expected true or false; found 1',
  ])
})
