/** Does the work with a signal that is aborted when the outer one is, or after `deadlineMs`; both are let go of afterwards. */
export const withDeadline = async <Result>(
  outer: AbortSignal,
  deadlineMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const inner = new AbortController()
  const abort = (): void => inner.abort(outer.reason)
  if (outer.aborted) abort()
  outer.addEventListener('abort', abort, { once: true })
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const error = new Error(`it was not done within ${deadlineMs / 1000} seconds`)
    inner.abort(error)
    reject(error)
  }, deadlineMs)
  try {
    return await Promise.race([work(inner.signal), late])
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', abort)
  }
}
