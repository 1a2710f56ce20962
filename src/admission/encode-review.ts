import { auditAnnotations } from './audit-annotations.ts'
import type { Denial, Outcome } from './outcome.ts'

/**
 * The JSON text of an admission.k8s.io/v1 AdmissionReview that answers the request with this uid, always with the same order of
 * keys. The API server reads `status` only on a denial and shows warnings beside one, so each is there only where it is read.
 */
export const encodeReview = (uid: string, outcome: Outcome): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: outcome.denial === null,
      ...(outcome.denial === null ? {} : { status: statusOf(outcome.denial, outcome.message) }),
      ...(outcome.denial === null && outcome.warnings.length > 0 ? { warnings: outcome.warnings } : {}),
      auditAnnotations: auditAnnotations(outcome),
    },
  })

const statusOf = ({ code, name, cause }: Denial, message: string) => ({
  status: 'Failure',
  message,
  // Never 404, 429 or 5xx: schedulers and clients give those a meaning of their own.
  reason: code === 400 ? 'BadRequest' : 'Forbidden',
  details: {
    ...(name === '' ? {} : { name, kind: 'pods' }),
    causes: [{ reason: cause.reason, message: cause.message, ...(cause.field === '' ? {} : { field: cause.field }) }],
  },
  code,
})
