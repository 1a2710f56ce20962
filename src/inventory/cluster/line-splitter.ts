import { GuardError } from '../../errors.ts'

/** Cuts a stream of bytes into lines, each without its line feed; empty lines are passed over. */
export interface LineSplitter {
  /** The lines that end in this chunk; each is valid until the next call. */
  push(chunk: Buffer): Iterable<Buffer>
  /** True when bytes of a line that has not ended are held. */
  readonly midLine: boolean
}

const LINE_FEED = 0x0a

/** A splitter that throws SOCI_GUARD_API_UNEXPECTED for a line of more than `maxBytes`. */
export const createLineSplitter = (maxBytes: number): LineSplitter => {
  let held: Buffer[] = []
  let heldBytes = 0

  const hold = (part: Buffer): void => {
    heldBytes += part.length
    if (heldBytes > maxBytes) {
      throw new GuardError('SOCI_GUARD_API_UNEXPECTED', `a line of the watch is longer than ${maxBytes} bytes`)
    }
    if (part.length > 0) held.push(part)
  }

  const take = (end: Buffer): Buffer => {
    if (heldBytes === 0) return end
    const line = Buffer.concat([...held, end], heldBytes + end.length)
    held = []
    heldBytes = 0
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
    get midLine() {
      return heldBytes > 0
    },
  }
}
