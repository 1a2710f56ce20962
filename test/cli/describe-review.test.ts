import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decodeReview } from '../../src/admission/decode-review.ts'
import { describeReview } from '../../src/cli/describe-review.ts'
import { webhookOf } from '../../src/cli/webhook-of.ts'
import { ROOT } from '../support/run-bin.ts'

const RECORDED = join(ROOT, 'test/fixtures/reviews')

const requestOf = (path: string) => {
  const decoded = decodeReview(JSON.parse(readFileSync(path, 'utf8')))
  if (!decoded.ok) throw new Error(decoded.message)
  return decoded.request
}

// A review that the API server sent to two webhooks goes to the one that judges it.
const RECORDED_CASES: readonly [file: string, webhook: string, sentence: string][] = [
  [
    'deployment--bindings-CREATE-pods.binding.json',
    'bindings',
    'kube-scheduler binds pod default/web-69cdd57d8b-7nxfb to node node3',
  ],
  ['binding-legacy--bindings-CREATE-bindings.json', 'bindings', 'admin binds pod default/custom to node node2'],
  ['pod-nodename--pods-CREATE-pods.json', 'pods', 'admin creates pod default/direct for node node2'],
  ['daemonset--pods-CREATE-pods.json', 'pods', 'daemon-set-controller creates pod default/logs-jrxld for node node2'],
  [
    'ephemeral-container--pods-UPDATE-pods.ephemeralcontainers.json',
    'pods',
    'admin adds a debug container to pod default/direct on node node2',
  ],
  [
    'dryrun-deployment--advisory-CREATE-deployments.json',
    'advisory',
    'admin creates Deployment default/dryd (dry run)',
  ],
  ['plain-pod--advisory-CREATE-pods.json', 'advisory', 'admin creates pod default/p1'],
]

t.test('a review is told in a sentence, and goes to the webhook that judges it', async t => {
  for (const [file, webhook, sentence] of RECORDED_CASES) {
    const request = requestOf(join(RECORDED, file))
    t.equal(webhookOf(request), webhook, file)
    t.equal(describeReview(request), sentence)
  }
})

t.test('every example review is one', async t => {
  const folder = join(ROOT, 'examples/reviews')
  for (const file of readdirSync(folder)) t.ok(describeReview(requestOf(join(folder, file))).length > 20, file)
})
