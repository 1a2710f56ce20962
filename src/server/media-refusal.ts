import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from './answer.ts'
import { isJsonContentType } from './json-content-type.ts'
import { statusAnswer } from './status-answer.ts'

/** The answer to a body that is not declared as plain JSON, null when it is; a body is never decompressed. */
export const mediaRefusal = (headers: IncomingHttpHeaders): Answer | null => {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') return unsupported('content-encoding', 'none', encoding)
  const contentType = headers['content-type']
  return isJsonContentType(contentType) ? null : unsupported('content-type', 'application/json', contentType)
}

const unsupported = (header: string, expected: string, found: string | undefined): Answer =>
  statusAnswer(
    415,
    `${header}: expected ${expected}, found ${found === undefined ? 'none' : JSON.stringify(found.slice(0, 80))}`,
    'SOCI_GUARD_CONTENT_TYPE',
  )
