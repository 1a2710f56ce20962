import { BACKSLASH, CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-bytes.ts'

/** The offset of the first brace or bracket that opens deeper than `maxDepth`, or -1; makes no other demand on the bytes. */
export const findTooDeep = (bytes: Uint8Array, maxDepth: number): number => {
  let depth = 0
  let inString = false
  for (let position = 0; position < bytes.length; position++) {
    const byte = bytes[position]
    if (byte === QUOTE) inString = !inString
    else if (inString) position += byte === BACKSLASH ? 1 : 0
    else depth += depthChange(byte)
    if (depth > maxDepth) return position
  }
  return -1
}

const depthChange = (byte: number | undefined): number => {
  if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return 1
  return byte === CLOSE_OBJECT || byte === CLOSE_ARRAY ? -1 : 0
}
