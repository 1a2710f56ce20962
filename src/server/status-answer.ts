// The API server shows the message of a Kubernetes Status to its user ("failed calling webhook ...: <message>"), and of any
// other body at most the first bytes; so whatever is no AdmissionReview is a Status.
import type { GuardErrorCode } from '../errors.ts'
import type { Answer } from './answer.ts'

// metav1.StatusReason (k8s.io/apimachinery/pkg/apis/meta/v1/types.go); codes that it has no word for are BadRequest.
const REASONS: ReadonlyMap<number, string> = new Map([
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [413, 'RequestEntityTooLarge'],
  [415, 'UnsupportedMediaType'],
  [500, 'InternalError'],
  [503, 'ServiceUnavailable'],
])

/** A Kubernetes Status as answer, for what no AdmissionReview can be said about; the code, if any, becomes a cause. */
export const statusAnswer = (
  statusCode: number,
  message: string,
  code?: GuardErrorCode,
  headers?: Readonly<Record<string, string>>,
): Answer => ({
  statusCode,
  contentType: 'application/json',
  body: JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: REASONS.get(statusCode) ?? 'BadRequest',
    ...(code === undefined ? {} : { details: { causes: [{ reason: code, message }] } }),
    code: statusCode,
  }),
  ...(headers === undefined ? {} : { headers }),
})
