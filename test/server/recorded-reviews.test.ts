// Every review that a real API server sent, through both transports with the real decision behind them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createAnswerReview } from '../../src/server/answer-review.ts'
import { FOUR_NODES, viewOf } from '../support/cluster-view.ts'
import { postBytes } from '../support/raw-tls-client.ts'
import { startServer } from '../support/review-server.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/reviews')

const reviews = readdirSync(FOLDER).filter(name => name.endsWith('.json'))

t.test('both transports give the same answer, with the uid that was asked, to every recorded review', async t => {
  const view = viewOf({ nodes: FOUR_NODES })
  const failures: unknown[] = []
  const answer = createAnswerReview({
    view: () => view,
    loaded: () => true,
    readPod: async () => undefined,
    record: () => {},
    failed: error => failures.push(error),
  })
  const fast = await (await startServer(t, { answer })).connect()
  const simple = await (await startServer(t, { answer, transport: 'fastify' })).connect()
  for (const name of reviews) {
    const body = readFileSync(join(FOLDER, name))
    const webhook = /--(bindings|pods|advisory)-/.exec(name)?.[1]
    const bytes = postBytes(`/validate/${webhook}?timeout=10s`, body)
    fast.write(bytes)
    simple.write(bytes)
    const answered = await fast.answer()
    t.strictSame(await simple.answer(), answered, name)
    const { kind, response } = JSON.parse(answered.body)
    t.strictSame(
      [answered.statusCode, kind, response.uid],
      [200, 'AdmissionReview', JSON.parse(body.toString()).request.uid],
      name,
    )
  }
  t.ok(reviews.length > 50, `${reviews.length} reviews`)
  t.strictSame(failures, [])
})
