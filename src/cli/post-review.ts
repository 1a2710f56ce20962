import { type Agent, request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Webhook } from '../admission/outcome.ts'

/** Posts the body of a review as an API server does, over TLS that the agent verifies; resolves with status and body. */
export const postReview = async (
  agent: Agent,
  port: number,
  webhook: Webhook,
  body: string,
): Promise<{ statusCode: number; body: string }> => {
  const { promise, resolve, reject } = Promise.withResolvers<{ statusCode: number; body: string }>()
  const call = request(
    {
      agent,
      host: 'localhost',
      port,
      path: `/validate/${webhook}?timeout=10s`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      timeout: 10_000,
    },
    response => {
      text(response).then(answer => resolve({ statusCode: response.statusCode ?? 0, body: answer }), reject)
    },
  )
  call.on('timeout', () => call.destroy(new Error('no answer within 10 seconds')))
  call.on('error', reject)
  call.end(body)
  return promise
}
