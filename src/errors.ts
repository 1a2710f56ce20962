/** Every way in which soci-guard "could not tell", with what each means in docs/errors.md; stable, for scripts and alerts. */
export type GuardErrorCode =
  | 'SOCI_GUARD_USAGE'
  | 'SOCI_GUARD_CONFIGURATION_INVALID'
  | 'SOCI_GUARD_FILE_UNREADABLE'
  | 'SOCI_GUARD_INVENTORY_INVALID'
  | 'SOCI_GUARD_INVENTORY_NOT_LOADED'
  | 'SOCI_GUARD_CERTIFICATE_INVALID'
  | 'SOCI_GUARD_ADDRESS_UNAVAILABLE'
  | 'SOCI_GUARD_BODY_NOT_JSON'
  | 'SOCI_GUARD_BODY_TOO_LARGE'
  | 'SOCI_GUARD_BODY_TOO_DEEP'
  | 'SOCI_GUARD_CONTENT_TYPE'
  | 'SOCI_GUARD_DUPLICATE_KEY'
  | 'SOCI_GUARD_NOT_A_REVIEW'
  | 'SOCI_GUARD_REVIEW_VERSION'
  | 'SOCI_GUARD_REVIEW_INVALID'
  | 'SOCI_GUARD_UNKNOWN_OPERATOR'
  | 'SOCI_GUARD_RUNTIME_CLASS_NOT_FOUND'
  | 'SOCI_GUARD_POD_UNREADABLE'
  | 'SOCI_GUARD_INTERNAL'

/** "Could not tell": carries a stable code and a sentence that says what was expected, what was found and what to do. */
export class GuardError extends Error {
  readonly code: GuardErrorCode

  constructor(code: GuardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GuardError'
    this.code = code
  }
}

/** True when the value is an error of ours, which may be shown to a user as it is. */
export const isGuardError = (error: unknown): error is GuardError => error instanceof GuardError

/** One thing wrong in a document somebody wrote: the path of the field, what was expected and what was found. */
export interface Problem {
  readonly path: string
  readonly message: string
}

/** What a parser returns: the value, or every problem found at once. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly Problem[] }
