/** What the API server asks about: group, version and resource of the URL that was called. */
export interface GroupVersionResource {
  readonly group: string
  readonly version: string
  readonly resource: string
}

/** The type of the object in a request. */
export interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The operations of admission.k8s.io/v1. */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** Who made the request, as the API server authenticated them. */
export interface ReviewUser {
  readonly username: string
  readonly groups: readonly string[]
}

/** The part of an AdmissionReview that soci-guard reads; absent strings are '', absent lists [] and absent objects null. */
export interface ReviewRequest {
  readonly uid: string
  readonly operation: Operation
  readonly resource: GroupVersionResource
  /** E.g. 'binding' or 'ephemeralcontainers'; '' for the resource itself. */
  readonly subResource: string
  readonly kind: GroupVersionKind
  /** '' when the API server has yet to make one from generateName. */
  readonly name: string
  readonly namespace: string
  readonly dryRun: boolean
  readonly user: ReviewUser
  /** The wanted parts of the object (review-shape.ts), not yet checked; null on DELETE. */
  readonly object: unknown
  /** The same of the object before; null unless UPDATE or DELETE. */
  readonly oldObject: unknown
}
