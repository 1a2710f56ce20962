// A review server on a free port for one test, with a hand-written answer function in place of the decision.

import type { ConnectionOptions } from 'node:tls'
import type { Test } from 'tap'
import type { Answer } from '../../src/server/answer.ts'
import { createReviewServer, type ReviewServer, type ReviewServerOptions } from '../../src/server/review-server.ts'
import { openRawClient, type RawClient } from './raw-tls-client.ts'
import { createTestAuthority } from './test-certificates.ts'

/** The CA of every server of one test file. */
export const authority = createTestAuthority()

const certificate = authority.server()

/** A server that listens, what it told its observers, and a way to connect to it. */
export interface StartedServer {
  readonly server: ReviewServer
  readonly port: number
  readonly failures: unknown[]
  bodyLimitRejections(): number
  connect(options?: ConnectionOptions): Promise<RawClient>
}

/** An answer function that tells what it was asked: webhook, length of the body and timeout. */
export const echo = (webhook: string, body: Buffer, timeoutMs: number): Answer => ({
  statusCode: 200,
  contentType: 'application/json',
  body: JSON.stringify({ webhook, bytes: body.length, timeoutMs }),
})

/** Starts a server that is closed when the test ends; without options it echoes. */
export const startServer = async (t: Test, options: Partial<ReviewServerOptions> = {}): Promise<StartedServer> => {
  const failures: unknown[] = []
  let bodyLimitRejections = 0
  const server = await createReviewServer({
    answer: echo,
    certificate,
    minVersion: '1.3',
    clientAuthority: null,
    bodyTooLarge: () => {
      bodyLimitRejections += 1
    },
    failed: error => failures.push(error),
    ...options,
  })
  const { port } = await server.listen('127.0.0.1', 0)
  const clients: RawClient[] = []
  t.teardown(async () => {
    for (const client of clients) client.destroy()
    await server.close()
  })
  return {
    server,
    port,
    failures,
    bodyLimitRejections: () => bodyLimitRejections,
    async connect(tls = {}) {
      const client = await openRawClient(port, { ca: authority.caPem, ...tls })
      clients.push(client)
      return client
    },
  }
}
