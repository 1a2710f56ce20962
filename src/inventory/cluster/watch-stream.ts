import type { Readable } from 'node:stream'
import { BrokenAnswer } from './api-exchange.ts'
import { createLineSplitter } from './line-splitter.ts'
import type { WorkSlices } from './work-slices.ts'

/** How long nothing may come, and what it means when nothing did. */
export interface Quietness {
  readonly ms: number
  readonly error: Error
}

/** How a stream is read. */
export interface WatchStreamOptions {
  /** What was asked for, for messages. */
  readonly what: string
  readonly slices: WorkSlices
  /** Asked again after each chunk. */
  readonly quietness: () => Quietness
  readonly signal: AbortSignal
}

// etcd takes objects of 1.5 MB by default, and few clusters allow several times as much.
const MAX_LINE_BYTES = 16 * 1024 * 1024

/**
 * Hands over each line of a stream until it ends, in slices that leave reviews their turn. A line that was cut off by the end is
 * passed over: the watch goes on from the last one that was whole. Rejects with what `handle` threw, with the error of a stream
 * that was quiet for too long, or with a BrokenAnswer when it breaks; resolves after the signal.
 */
export const readWatchStream = async (
  body: Readable,
  options: WatchStreamOptions,
  handle: (line: Buffer) => void,
): Promise<void> => {
  const { signal } = options
  const quiet = watchForQuiet(body, options.quietness)
  const abort = (): void => void body.destroy()
  signal.addEventListener('abort', abort, { once: true })
  let refused: { readonly error: unknown } | undefined
  const handleLines = createLineHandler(options.slices, line => {
    try {
      handle(line)
    } catch (error) {
      refused = { error }
      throw error
    }
  })
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      await handleLines(chunk)
      quiet.heard()
    }
  } catch (error) {
    if (refused !== undefined) throw refused.error
    if (!signal.aborted) throw quiet.error() ?? new BrokenAnswer(options.what, error)
  } finally {
    quiet.stop()
    signal.removeEventListener('abort', abort)
    body.destroy()
  }
}

const createLineHandler = (slices: WorkSlices, handle: (line: Buffer) => void) => {
  const splitter = createLineSplitter(MAX_LINE_BYTES)
  return async (chunk: Buffer): Promise<void> => {
    for (const line of splitter.push(chunk)) {
      handle(line)
      if (slices.isDue()) await slices.rest()
    }
  }
}

/** Breaks the stream off when nothing comes for too long. */
const watchForQuiet = (body: Readable, quietness: () => Quietness) => {
  let timer: NodeJS.Timeout | undefined
  let found: Error | undefined
  const heard = (): void => {
    clearTimeout(timer)
    const { ms, error } = quietness()
    timer = setTimeout(() => {
      found = error
      body.destroy(error)
    }, ms)
  }
  heard()
  return { heard, stop: () => clearTimeout(timer), error: () => found }
}
