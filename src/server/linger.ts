import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'

/** How long the rest of a refused body is read and thrown away, milliseconds, before the connection is closed. */
export const LINGER_MS = 1000

/**
 * Answers at once, and closes the connection when the body has ended or after LINGER_MS. Closing earlier, with bytes of the
 * body unread, would make the kernel reset the connection, and the client could lose the answer that says what was wrong.
 */
export const answerAndLinger = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  response.writeHead(answer.statusCode, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    ...answer.headers,
    connection: 'close',
  })
  response.write(answer.body)
  const close = (): void => {
    clearTimeout(timer)
    if (!response.writableEnded) response.end()
  }
  const timer = setTimeout(close, LINGER_MS)
  request.once('end', close)
  request.once('close', close)
  request.on('error', close)
  request.resume()
}
