import fc from 'fast-check'
import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import type { Outcome } from '../../src/admission/outcome.ts'
import { POD_TEMPLATE_KINDS } from '../../src/admission/pod-template-kinds.ts'
import type { ReviewRequest } from '../../src/admission/review-request.ts'
import { FOUR_NODES, KATA_CLASS, viewOf } from '../support/cluster-view.ts'
import { pinTo, requestOf } from '../support/review-request.ts'

// Objects that look like what we read, with anything at all in some places.
const anything = fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.jsonValue({ maxDepth: 2 }))
const oneOf = (...values: unknown[]) => fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...values) }, anything)
const spec = fc.record({
  nodeName: oneOf('', 'ready', 'mixed', 'kata', '__proto__', 'toString'),
  runtimeClassName: oneOf('kata', 'unknown'),
  nodeSelector: oneOf({}, { constructor: 'x' }),
  affinity: oneOf(pinTo('mixed')),
  tolerations: oneOf([], [{ operator: 'Exists' }], [{ key: 'a', operator: 'Near' }]),
  containers: oneOf([{ name: 'a', image: 'x' }], [{ name: 'a', image: 'y' }]),
})
const metadata = fc.record({
  name: oneOf('web'),
  uid: oneOf('pod-uid'),
  labels: oneOf({ app: 'web' }),
  annotations: anything,
})
const pod = fc.oneof({ weight: 5, arbitrary: fc.record({ metadata, spec }) }, anything)
const at = (path: readonly string[], inner: unknown): unknown =>
  path.reduceRight((value, key) => ({ [key]: value }), inner)
const operation = fc.constantFrom<ReviewRequest['operation'][]>('CREATE', 'CREATE', 'UPDATE', 'DELETE')

const binding = fc
  .record({ metadata, target: fc.record({ kind: oneOf('', 'Node'), name: oneOf('ready', 'mixed', 'kata', 'silent') }) })
  .map(object => ({ webhook: 'bindings' as const, asked: requestOf({ subResource: 'binding', object }) }))
const placed = fc
  .record({
    operation,
    object: pod,
    oldObject: pod,
    subResource: fc.constantFrom('', '', 'ephemeralcontainers', 'status'),
  })
  .map(parts => ({ webhook: 'pods' as const, asked: requestOf(parts) }))
const advised = fc
  .record({ operation, kind: fc.constantFrom(...POD_TEMPLATE_KINDS), now: pod, before: pod })
  .map(({ operation, kind, now, before }) => {
    const resource = { group: kind.group, version: 'v1', resource: kind.resource }
    const parts = { operation, resource, object: at(kind.path, now), oldObject: at(kind.path, before) }
    return { webhook: 'advisory' as const, asked: requestOf(parts) }
  })

const isSound = (outcome: Outcome): boolean =>
  (outcome.decision === 'deny') === (outcome.denial !== null) &&
  (outcome.decision !== 'deny' ||
    (outcome.warnings.length === 0 && outcome.message !== '' && outcome.mode === 'enforce')) &&
  (outcome.decision !== 'warn' || outcome.warnings.length > 0) &&
  (outcome.decision === 'allow' || outcome.reason !== '') &&
  outcome.warnings.length <= 8 &&
  outcome.warnings.every(warning => warning.length <= 120 && !/\p{Cc}/u.test(warning))

const view = viewOf({ nodes: FOUR_NODES, runtimeClasses: [KATA_CLASS] })
const lookups = [
  { missing: true },
  { error: 'no answer' },
  { found: { uid: 'pod-uid', labels: {}, annotations: {}, runtimeClassName: 'kata' } },
] as const

t.test('whatever object comes, there is an answer that is whole', async t => {
  fc.assert(
    fc.property(fc.oneof(binding, placed, advised), ({ webhook, asked }) => {
      const answers = lookups.map(lookup => admit(webhook, asked, view, lookup))
      return answers.every(
        answer =>
          answer.kind === undefined && isSound(answer) && (webhook !== 'advisory' || answer.decision !== 'deny'),
      )
    }),
    { numRuns: 2000 },
  )
  t.pass('no throw, a denial only with all its parts, and never one from the advisory webhook')
})
