import { auditAnnotations } from './audit-annotations.ts'
import type { Denial, Outcome } from './outcome.ts'

/**
 * The JSON text of an admission.k8s.io/v1 AdmissionReview that answers the request with this uid, always with the same order of
 * keys. The API server reads `status` only on a denial and shows warnings beside one, so each is there only where it is read.
 */
export const encodeReview = (uid: string, outcome: Outcome): string => {
  const { denial, message, warnings } = outcome
  // Members that are undefined are left out of JSON.
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: denial === null,
      status: denial === null ? undefined : statusOf(denial, message),
      warnings: denial === null && warnings.length > 0 ? warnings : undefined,
      auditAnnotations: auditAnnotations(outcome),
    },
  })
}

const statusOf = ({ code, name, cause }: Denial, message: string) => ({
  status: 'Failure',
  message,
  // Never 404, 429 or 5xx: schedulers and clients give those a meaning of their own.
  reason: code === 400 ? 'BadRequest' : 'Forbidden',
  details: {
    name: name === '' ? undefined : name,
    kind: name === '' ? undefined : 'pods',
    causes: [{ reason: cause.reason, message: cause.message, field: cause.field === '' ? undefined : cause.field }],
  },
  code,
})
