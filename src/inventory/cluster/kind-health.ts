import { GuardError, isGuardError } from '../../errors.ts'
import { plainText } from '../../policy/plain-text.ts'
import type { ClusterLog } from './cluster-log.ts'
import type { WatchedKindName } from './watched-kind.ts'

/** How well one kind is known. */
export interface KindHealth {
  /** Something usable came from the API server. */
  alive(): void
  /** A list is complete. */
  listed(size: number): void
  failed(error: unknown): void
  readonly loaded: boolean
  /** Since the API server was last heard of this kind; Infinity before the first complete list. */
  ageMs(): number
  /** What keeps the first list from being complete, null once it is. */
  missing(): string | null
  /** What failed last and is not mended yet. */
  failure(): GuardError | null
}

const FAILED = 'cannot follow the API server'

const defect = (cause: unknown): GuardError =>
  new GuardError('SOCI_GUARD_INTERNAL', 'soci-guard failed on what the API server sent', { cause })

/** Nothing known yet; `onLoaded` is called after the first complete list, and each new kind of failure is logged once, and so is its end. */
export const createKindHealth = (
  kind: WatchedKindName,
  nowMs: () => number,
  log: ClusterLog,
  onLoaded: () => void,
): KindHealth => {
  let isLoaded = false
  let aliveAtMs = Number.NEGATIVE_INFINITY
  let failure: GuardError | null = null

  const alive = (): void => {
    aliveAtMs = nowMs()
    if (failure === null) return
    log.info({ kind, code: failure.code }, 'the API server is heard again')
    failure = null
  }

  return {
    alive,
    listed: size => {
      alive()
      if (isLoaded) return
      isLoaded = true
      log.info({ kind, objects: size }, 'first list complete')
      onLoaded()
    },
    failed: error => {
      const told = isGuardError(error) ? error : defect(error)
      const fields = { kind, code: told.code, problem: plainText(told.message, 800) }
      if (failure?.code !== told.code) log.warn(isGuardError(error) ? fields : { ...fields, err: error }, FAILED)
      failure = told
    },
    get loaded() {
      return isLoaded
    },
    ageMs: () => (isLoaded ? nowMs() - aliveAtMs : Number.POSITIVE_INFINITY),
    missing: () => {
      if (isLoaded) return null
      return failure === null ? 'not listed yet' : `${failure.code}: ${plainText(failure.message, 800)}`
    },
    failure: () => failure,
  }
}
