// The messages of containerd and CRI as far as they are read, in place of .proto files: a bundle then needs no file beside it, nothing
// is compiled at start, and what is not named here (a container's spec alone has 18 KB) is skipped without being decoded.

/** How a field's value is written; a message field names the fields of its own that are read. */
export type FieldKind =
  | 'string'
  /** A 64-bit number, as decimal text. */
  | 'int64'
  | 'int32'
  | 'bool'
  | 'bytes'
  | { readonly message: MessageFields }
  | { readonly enum: readonly string[] }
  /** A map of strings; with `keep` only the keys that begin so. */
  | { readonly map: 'string'; readonly keep?: readonly string[] }
  | { readonly list: 'string' | { readonly message: MessageFields } }

/** The fields of a message that are read, by number. */
export type MessageFields = Readonly<Record<number, readonly [name: string, kind: FieldKind]>>

/** google.protobuf.Empty, and every message that nothing is read of. */
export const EMPTY: MessageFields = {}

/** google.protobuf.Timestamp. */
export const TIMESTAMP: FieldKind = { message: { 1: ['seconds', 'int64'], 2: ['nanos', 'int32'] } }
