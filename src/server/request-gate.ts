// Everything that is decided about a request before its body is read, in one order, for both transports.
import type { IncomingMessage } from 'node:http'
import type { Problem } from '../errors.ts'
import type { Answer } from './answer.ts'
import { BODY_TOO_LARGE, MAX_BODY_BYTES } from './body-limit.ts'
import { mediaRefusal } from './media-refusal.ts'
import { createTargetReader, type ReviewTarget } from './review-target.ts'
import type { ServerPhase } from './server-phase.ts'
import { statusAnswer } from './status-answer.ts'

/** What the gate says: the target of a request whose body may be read, or the answer that refuses it. */
export type GateAnswer = { readonly target: ReviewTarget } | { readonly refusal: Answer }

/** Decides about a request from its line and headers; never touches its body. */
export type RequestGate = (request: IncomingMessage) => GateAnswer

/** What the gate asks for beyond the request itself. */
export interface GateConditions {
  phase(): ServerPhase
  /** Why the client behind this connection may not ask, or null. */
  clientRefusal(request: IncomingMessage): string | null
}

const TOO_LATE = statusAnswer(503, 'soci-guard is shutting down; another replica answers', undefined, {
  'retry-after': '1',
  connection: 'close',
})

const NO_SUCH_PATH = statusAnswer(
  404,
  'no such path; the paths are /validate/bindings, /validate/pods and /validate/advisory',
)

/** Builds the gate of one server. */
export const createRequestGate = (conditions: GateConditions): RequestGate => {
  const readTarget = createTargetReader()
  return request => {
    const callerRefusal = refuseCaller(conditions, request)
    if (callerRefusal !== null) return { refusal: callerRefusal }
    const target = readTarget(request.url ?? '')
    if (target === undefined) return { refusal: NO_SUCH_PATH }
    const refusal = refuseMethod(request.method) ?? mediaRefusal(request.headers)
    if (refusal !== null) return { refusal }
    if (!target.ok) return { refusal: refuseQuery(target.problems) }
    const declaredBytes = Number(request.headers['content-length'] ?? 0)
    return declaredBytes > MAX_BODY_BYTES ? { refusal: BODY_TOO_LARGE } : { target: target.value }
  }
}

const refuseCaller = (conditions: GateConditions, request: IncomingMessage): Answer | null => {
  const clientRefusal = conditions.clientRefusal(request)
  if (clientRefusal !== null) return statusAnswer(403, clientRefusal)
  const phase = conditions.phase()
  return phase === 'refusing' || phase === 'closed' ? TOO_LATE : null
}

const refuseMethod = (method = ''): Answer | null =>
  method === 'POST'
    ? null
    : statusAnswer(405, `method: expected POST of an AdmissionReview, found ${method}`, undefined, { allow: 'POST' })

const refuseQuery = (problems: readonly Problem[]): Answer =>
  statusAnswer(400, problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
