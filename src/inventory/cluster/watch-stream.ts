import type { Readable } from 'node:stream'
import { BrokenAnswer } from './api-exchange.ts'
import { createLineSplitter } from './line-splitter.ts'
import type { WorkSlices } from './work-slices.ts'

/** How long nothing may come, and what it means when nothing did. */
export interface Quietness {
  readonly ms: number
  readonly error: () => Error
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
  try {
    await pump(body, createLineHandler(options.slices, handle), quiet.heard)
  } catch (error) {
    if (error instanceof Refused) throw error.cause
    if (!signal.aborted) throw quiet.error() ?? new BrokenAnswer(options.what, error)
  } finally {
    quiet.stop()
    signal.removeEventListener('abort', abort)
    body.destroy()
  }
}

/** What `handle` threw, told apart from what breaks the stream. */
class Refused extends Error {}

type HandleChunk = (chunk: Buffer) => Promise<void> | undefined

/** Settles at the end of the stream, when the last chunk has been handled; while one takes its time no other is read. */
const pump = (body: Readable, handleChunk: HandleChunk, heard: () => void): Promise<void> =>
  new Promise((resolve, reject) => {
    let busy: Promise<void> | undefined
    const refuse = (cause: unknown): void => reject(new Refused('refused', { cause }))
    // What has come before the connection broke is good, and must not be handled beside what the next one brings.
    const breakOff = (error: Error): void => void (busy ?? Promise.resolve()).then(() => reject(error))
    body.on('data', (chunk: Buffer) => {
      try {
        busy = handleChunk(chunk)
        heard()
      } catch (error) {
        body.pause()
        refuse(error)
        return
      }
      if (busy === undefined) return
      body.pause()
      busy.then(() => {
        busy = undefined
        heard()
        body.resume()
      }, refuse)
    })
    body.on('end', resolve)
    body.on('error', breakOff)
    body.on('close', () => breakOff(new Error('the connection was closed')))
  })

/** Handles the lines of a chunk, at once as far as this turn allows and the rest in turns to come. */
const createLineHandler = (slices: WorkSlices, handle: (line: Buffer) => void): HandleChunk => {
  const splitter = createLineSplitter(MAX_LINE_BYTES)
  const finish = async (lines: Iterator<Buffer>): Promise<void> => {
    do await slices.rest()
    while (!handleSome(lines))
  }
  /** True when all have been handled. */
  const handleSome = (lines: Iterator<Buffer>): boolean => {
    for (let next = lines.next(); !next.done; next = lines.next()) {
      handle(next.value)
      if (slices.isDue()) return false
    }
    return true
  }
  return chunk => {
    const lines = splitter.push(chunk)[Symbol.iterator]()
    return handleSome(lines) ? undefined : finish(lines)
  }
}

/** Breaks the stream off when nothing comes for too long. */
const watchForQuiet = (body: Readable, quietness: () => Quietness) => {
  let found: Error | undefined
  const breakOff = (): void => {
    found = quietness().error()
    body.destroy(found)
  }
  let { ms } = quietness()
  let timer = setTimeout(breakOff, ms)
  const heard = (): void => {
    const nextMs = quietness().ms
    // Called with every chunk: the same timer again, where a new one would be garbage a moment later.
    if (nextMs === ms) {
      timer.refresh()
      return
    }
    clearTimeout(timer)
    ms = nextMs
    timer = setTimeout(breakOff, ms)
  }
  return { heard, stop: () => clearTimeout(timer), error: () => found }
}
