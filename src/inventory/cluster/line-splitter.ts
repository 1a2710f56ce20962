import { GuardError } from '../../errors.ts'

/** Cuts a stream of bytes into lines, each without its line feed; empty lines are passed over. */
export interface LineSplitter {
  /** The lines that end in this chunk; each is valid until the next one is asked for. */
  push(chunk: Buffer): Iterable<Buffer>
}

const LINE_FEED = 0x0a
const KEPT_BYTES = 65_536

/** A splitter that throws SOCI_GUARD_API_UNEXPECTED for a line of more than `maxBytes`. */
export const createLineSplitter = (maxBytes: number): LineSplitter => {
  // The beginning of a line whose end has not come; one buffer for all of them, since memory outside of the heap is freed late.
  let held = Buffer.allocUnsafeSlow(KEPT_BYTES)
  let heldBytes = 0

  const hold = (part: Buffer): void => {
    const needed = heldBytes + part.length
    if (needed > maxBytes) {
      throw new GuardError('SOCI_GUARD_API_UNEXPECTED', `a line of the watch is longer than ${maxBytes} bytes`)
    }
    if (needed > held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, held.length * 2))
      held.copy(larger, 0, 0, heldBytes)
      held = larger
    }
    part.copy(held, heldBytes)
    heldBytes = needed
  }

  const take = (end: Buffer): Buffer => {
    if (heldBytes === 0) return end
    hold(end)
    const line = held.subarray(0, heldBytes)
    heldBytes = 0
    // One long line must not cost its length for ever.
    if (held.length > KEPT_BYTES) held = Buffer.allocUnsafeSlow(KEPT_BYTES)
    return line
  }

  return {
    *push(chunk) {
      let start = 0
      for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
        const line = take(chunk.subarray(start, end))
        start = end + 1
        if (line.length > 0) yield line
      }
      hold(chunk.subarray(start))
    },
  }
}
