import { setTimeout } from 'node:timers/promises'

/** What is looked at again and again, and whom a failure is told. */
export interface RegularLook {
  /** From the end of one look to the beginning of the next. */
  readonly pollMs: number
  /** Looks once; hears whether the look before it failed, and fails by throwing. */
  readonly look: (failedBefore: boolean) => Promise<void>
  /** Called once for each failure, not once for each look at it. */
  readonly onError: (error: unknown) => void
  readonly signal: AbortSignal
}

/** Looks until the signal, first after `pollMs`; nothing thrown ends it, and it keeps no process alive. */
export const lookRegularly = async ({ pollMs, look, onError, signal }: RegularLook): Promise<void> => {
  let failure: string | undefined
  while (await hasPassed(pollMs, signal)) {
    try {
      await look(failure !== undefined)
      failure = undefined
    } catch (error) {
      if (signal.aborted) return
      failure = tell(error, failure, onError)
    }
  }
}

// The signal ends the wait by an AbortError.
const hasPassed = (pollMs: number, signal: AbortSignal): Promise<boolean> =>
  setTimeout(pollMs, true, { signal, ref: false }).catch(() => false)

const tell = (error: unknown, failure: string | undefined, onError: RegularLook['onError']): string => {
  const message = String(error)
  if (message === failure) return message
  try {
    onError(error)
    return message
  } catch {
    // Not told: the next look tells it again.
    return ''
  }
}
