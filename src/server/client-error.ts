// What a peer that does not speak HTTP, sends too large a head or stalls gets before its connection is closed.
import type { Duplex } from 'node:stream'
import type { Answer } from './answer.ts'
import { statusAnswer } from './status-answer.ts'

/** Answers what the HTTP parser refused with a Status and closes the connection; a peer that is gone gets nothing. */
export const answerClientError = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { line, answer } = answerTo(error.code ?? '')
  socket.end(
    `HTTP/1.1 ${line}\r\ncontent-type: ${answer.contentType}\r\ncontent-length: ${Buffer.byteLength(answer.body)}\r\nconnection: close\r\n\r\n${answer.body}`,
    () => socket.destroy(),
  )
}

const answerTo = (code: string): { line: string; answer: Answer } => {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return {
      line: '431 Request Header Fields Too Large',
      answer: statusAnswer(431, 'headers: expected at most 16 KiB, found more'),
    }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { line: '408 Request Timeout', answer: statusAnswer(408, 'the request did not arrive whole in time') }
  }
  return { line: '400 Bad Request', answer: statusAnswer(400, 'expected an HTTP/1.1 request, found something else') }
}
