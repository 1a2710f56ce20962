import { statusAnswer } from './status-answer.ts'

/**
 * The largest AdmissionReview that is read, bytes. It holds at most two objects (object and oldObject), each of which can be
 * at most 3 MiB, the API server's request limit; 1 MiB is for the rest: options, userInfo, managed bookkeeping. The same
 * figure and reasoning as controller-runtime (pkg/webhook/admission/http.go).
 */
export const MAX_BODY_BYTES = 7 * 1024 * 1024

/** The answer to a body beyond the limit; the connection closes, because the rest of the body is not read. */
export const BODY_TOO_LARGE = statusAnswer(
  413,
  `body: expected at most ${MAX_BODY_BYTES} bytes (two objects of 3 MiB and 1 MiB for the rest), found more; the API server never sends more than it accepts`,
  'SOCI_GUARD_BODY_TOO_LARGE',
  { connection: 'close' },
)
