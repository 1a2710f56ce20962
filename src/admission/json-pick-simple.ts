// The definition: JSON.parse, then a search for duplicate keys, then everything unwanted left out. pickFast must agree with it.

import { endingInZero, skipWhitespace } from './json-bytes.ts'
import { findTooDeep } from './json-depth.ts'
import { visitDuplicateKeys } from './json-duplicates.ts'
import { formatJsonPath, type JsonPath } from './json-path.ts'
import type { Picked, PickFailure } from './json-picked.ts'
import type { CompiledShape } from './json-shape.ts'
import { MAX_DEPTH, skipValue } from './json-skip.ts'
import { readReviewUid } from './review-uid.ts'

/** The wanted parts of a JSON body, or the failure with its offset or path. */
export const pickSimple = (body: Buffer, shape: CompiledShape): Picked => {
  const tooDeep = findTooDeep(body, MAX_DEPTH)
  if (tooDeep >= 0) return tooDeepFailure(tooDeep)
  const text = body.toString('utf8')
  const parsed = parseJson(text)
  if (parsed === undefined) return notJsonFailure(body)
  const { first, uidIsAmbiguous } = findDuplicateKeys(text, shape)
  // A uid that another parser could read otherwise would make an answer to some other request.
  if (first !== null) return duplicateKeyFailure(first, uidIsAmbiguous ? null : readReviewUid(parsed.value))
  return { ok: true, value: prune(parsed.value, shape) }
}

const parseJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const prune = (value: unknown, shape: CompiledShape): unknown => {
  if (shape.kind === 'array' && Array.isArray(value)) return value.map(item => prune(item, shape.items))
  if (shape.kind !== 'object' || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const object: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    const key = shape.byName.get(name)
    if (key !== undefined) object[name] = prune(inner, key.shape)
  }
  return object
}

interface Duplicates {
  first: JsonPath | null
  uidIsAmbiguous: boolean
}

const findDuplicateKeys = (text: string, shape: CompiledShape): Duplicates => {
  const duplicates: Duplicates = { first: null, uidIsAmbiguous: false }
  visitDuplicateKeys(text, shape, path => {
    duplicates.first ??= [...path]
    duplicates.uidIsAmbiguous ||= isRequestOrUid(path)
  })
  return duplicates
}

const isRequestOrUid = (path: JsonPath): boolean =>
  path[0] === 'request' && (path.length === 1 || (path.length === 2 && path[1] === 'uid'))

const tooDeepFailure = (offset: number): PickFailure => ({
  ok: false,
  code: 'SOCI_GUARD_BODY_TOO_DEEP',
  message: `the request body nests objects and arrays deeper than ${MAX_DEPTH} levels at byte ${offset}; the API server's own types need fewer than 40`,
  uid: null,
})

const duplicateKeyFailure = (path: JsonPath, uid: string | null): PickFailure => ({
  ok: false,
  code: 'SOCI_GUARD_DUPLICATE_KEY',
  message: `the key ${formatJsonPath(path)} occurs more than once in its object; which value the API server means cannot be told`,
  uid,
})

const notJsonFailure = (body: Buffer): PickFailure => ({
  ok: false,
  code: 'SOCI_GUARD_BODY_NOT_JSON',
  message: `the request body is not JSON: ${describeSyntaxError(body)}; expected an AdmissionReview as the API server sends it`,
  uid: null,
})

const describeSyntaxError = (body: Buffer): string => {
  if (body.length === 0) return 'it is empty'
  const offset = findSyntaxError(body)
  const byte = body[offset]
  if (byte === undefined) return `it ends at byte ${offset} in the middle of a value, as if it had been cut off`
  return `unexpected byte 0x${byte.toString(16).padStart(2, '0')} at byte ${offset}`
}

/** The offset of the first byte that JSON does not allow; the length of the body when it ends too early. */
const findSyntaxError = (body: Buffer): number => {
  const json = endingInZero(body)
  const end = skipValue(json, skipWhitespace(json.bytes, 0), 0)
  return end < 0 ? ~end : skipWhitespace(json.bytes, end)
}
