// The answer to each of these real reviews, byte for byte, about the inventory in test/fixtures/golden. After a change that is
// meant: UPDATE_GOLDEN=1 tap test/admission/golden.test.ts, then read the difference as a user would.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import type { ClusterView, PodFacts } from '../../src/admission/cluster-view.ts'
import { decodeReview } from '../../src/admission/decode-review.ts'
import { encodeReview } from '../../src/admission/encode-review.ts'
import { pickSimple } from '../../src/admission/json-pick-simple.ts'
import type { Webhook } from '../../src/admission/outcome.ts'
import { REVIEW_SHAPE } from '../../src/admission/review-shape.ts'
import { applyInventory } from '../../src/inventory/apply-inventory.ts'
import { EMPTY_INVENTORY } from '../../src/inventory/inventory-contents.ts'
import { loadInventoryFile } from '../../src/inventory/read-inventory-file.ts'
import { createRoster } from '../../src/policy/roster.ts'
import { configurationOf, exemptionsOf, NOW_MS } from '../support/cluster-view.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')
const RESPONSES = join(FIXTURES, 'golden/responses')

const REVIEWS = [
  'binding-dryrun--bindings-CREATE-pods.binding',
  'binding-empty-kind-dryrun--bindings-CREATE-pods.binding',
  'binding-legacy--bindings-CREATE-bindings',
  'binding-unknown-node-dryrun--bindings-CREATE-pods.binding',
  'cronjob--advisory-CREATE-cronjobs',
  'daemonset--advisory-CREATE-daemonsets',
  'daemonset--advisory-CREATE-pods',
  'daemonset--bindings-CREATE-pods.binding',
  'daemonset--pods-CREATE-pods',
  'deployment-image-update--advisory-UPDATE-deployments',
  'deployment-scale--advisory-UPDATE-replicasets',
  'deployment-scale--bindings-CREATE-pods.binding',
  'dryrun-deployment--advisory-CREATE-deployments',
  'dryrun-nodename--pods-CREATE-pods',
  'dryrun-pod--advisory-CREATE-pods',
  'ephemeral-container--pods-UPDATE-pods.ephemeralcontainers',
  'job--advisory-CREATE-jobs',
  'job--bindings-CREATE-pods.binding',
  'mirror-pod-by-node--pods-CREATE-pods',
  'mirror-pod-forged--pods-CREATE-pods',
  'plain-pod--bindings-CREATE-pods.binding',
  'plain-pod--pods-CREATE-pods',
  'pod-affinity--advisory-CREATE-pods',
  'pod-affinity--pods-CREATE-pods',
  'pod-generate-name--advisory-CREATE-pods',
  'pod-image-update--advisory-UPDATE-pods',
  'pod-image-update--pods-UPDATE-pods',
  'pod-image-update-unscheduled--advisory-UPDATE-pods',
  'pod-image-update-unscheduled--pods-UPDATE-pods',
  'pod-label-update--pods-UPDATE-pods',
  'pod-nodename--advisory-CREATE-pods',
  'pod-nodename--pods-CREATE-pods',
  'pod-nodename-unknown--pods-CREATE-pods',
  'pod-resize--pods-UPDATE-pods.resize',
  'podtemplate--advisory-CREATE-podtemplates',
  'rc--advisory-CREATE-replicationcontrollers',
  'replicaset--advisory-CREATE-replicasets',
  'runtimeclass--bindings-CREATE-pods.binding',
  'runtimeclass--pods-CREATE-pods',
  'statefulset--advisory-CREATE-statefulsets',
]

const webhookOf = (review: string): Webhook => {
  const webhook = review.split('--')[1]?.split('-')[0]
  if (webhook === 'bindings' || webhook === 'pods' || webhook === 'advisory') return webhook
  throw new Error(`no webhook in the name ${review}`)
}

/** The answer to a review, with the pods of the inventory where one must be read. */
const answerTo = (review: string, view: ClusterView, pods: ReadonlyMap<string, PodFacts>): string => {
  const body = readFileSync(join(FIXTURES, 'reviews', `${review}.json`))
  const picked = pickSimple(body, REVIEW_SHAPE)
  if (!picked.ok) throw new Error(picked.message)
  const decoded = decodeReview(picked.value)
  if (!decoded.ok) throw new Error(decoded.message)
  const { request } = decoded
  const webhook = webhookOf(review)
  const answer = admit(webhook, request, view)
  if (answer.kind === undefined) return encodeReview(request.uid, answer)
  if (answer.kind === 'needsNode') throw new Error('the inventory was said to be complete')
  const found = pods.get(`${answer.namespace}/${answer.name}`)
  const outcome = admit(webhook, request, view, found === undefined ? { missing: true } : { found })
  if (outcome.kind !== undefined) throw new Error('asked twice')
  return encodeReview(request.uid, outcome)
}

const contents = await Promise.all([
  loadInventoryFile(join(FIXTURES, 'reviews/nodes.yaml')),
  loadInventoryFile(join(FIXTURES, 'golden/inventory.yaml')),
])
const configuration = configurationOf({ exemptions: exemptionsOf({ namespaces: new Set(['soci-guard-system']) }) })
const roster = createRoster(configuration)
for (const part of contents) applyInventory(roster, EMPTY_INVENTORY, part, NOW_MS)
roster.advance(NOW_MS)
const view = { roster, configuration, nowMs: NOW_MS }
const pods = new Map(contents.flatMap(part => [...part.pods]))

const updating = process.env.UPDATE_GOLDEN === '1'
if (updating) {
  for (const file of readdirSync(RESPONSES)) rmSync(join(RESPONSES, file))
}

for (const review of REVIEWS) {
  t.test(`the answer to ${review} is the one on file`, async t => {
    const file = join(RESPONSES, `${review}.json`)
    // Indented to be read; the order of the keys stays as it was sent.
    const answer = `${JSON.stringify(JSON.parse(answerTo(review, view, pods)), null, 2)}\n`
    if (updating) writeFileSync(file, answer)
    t.equal(answer, readFileSync(file, 'utf8'))
  })
}

t.test('every file of answers belongs to a review, and every review has one', async t => {
  t.strictSame(readdirSync(RESPONSES).sort(), REVIEWS.map(review => `${review}.json`).sort())
})
