import type { GuardErrorCode } from '../errors.ts'

/** What a picker returns: the wanted parts of the body, or why there are none. */
export type Picked = { readonly ok: true; readonly value: unknown } | PickFailure

/** Why a body could not be read; `uid` is request.uid where it can be trusted, so that an answer can be formed. */
export interface PickFailure {
  readonly ok: false
  readonly code: GuardErrorCode
  readonly message: string
  readonly uid: string | null
}
