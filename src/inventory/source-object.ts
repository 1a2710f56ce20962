import { describeJson } from '../admission/json-fields.ts'
import { isJsonObject } from '../admission/own-member.ts'
import type { PathStep } from './problem-path.ts'
import type { SourceDocument } from './source-document.ts'

/** One Kubernetes object of a document, lists taken apart. */
export interface SourceObject {
  readonly apiVersion: string
  readonly kind: string
  readonly value: Readonly<Record<string, unknown>>
  readonly document: SourceDocument
  /** Where in its document it stands: empty, or for example `['items', 3]`. */
  readonly path: readonly PathStep[]
}

/** Something wrong with one object; `path` leads there from the document's top. */
export interface ObjectProblem {
  readonly document: SourceDocument
  readonly path: readonly PathStep[]
  readonly message: string
}

interface Unwrapped {
  readonly objects: SourceObject[]
  readonly problems: ObjectProblem[]
}

// `kubectl get --raw` gives a NodeList whose items carry neither apiVersion nor kind: they are those of the list.
const itemDefaults = (value: Record<string, unknown>): Record<string, string> => {
  const { apiVersion, kind } = value
  if (typeof kind !== 'string' || kind === 'List' || typeof apiVersion !== 'string') return {}
  return { apiVersion, kind: kind.slice(0, -'List'.length) }
}

const isList = (value: Record<string, unknown>): boolean =>
  typeof value.kind === 'string' && value.kind.endsWith('List') && Object.hasOwn(value, 'items')

const unwrapItems = (
  items: unknown,
  defaults: Record<string, string>,
  document: SourceDocument,
  path: PathStep[],
  into: Unwrapped,
): void => {
  // A list without items is written as null by some clients.
  if (items === null) return
  if (!Array.isArray(items)) {
    into.problems.push({ document, path, message: `expected a list of objects, found ${describeJson(items)}` })
    return
  }
  items.forEach((item: unknown, index) => {
    unwrap(isJsonObject(item) ? { ...defaults, ...item } : item, document, [...path, index], into)
  })
}

const unwrap = (value: unknown, document: SourceDocument, path: PathStep[], into: Unwrapped): void => {
  if (Array.isArray(value)) unwrapItems(value, {}, document, path, into)
  else if (!isJsonObject(value)) {
    into.problems.push({ document, path, message: `expected a Kubernetes object, found ${describeJson(value)}` })
  } else if (isList(value)) unwrapItems(value.items, itemDefaults(value), document, [...path, 'items'], into)
  else unwrapObject(value, document, path, into)
}

const isWord = (value: unknown): value is string => typeof value === 'string' && value !== ''

const unwrapObject = (
  value: Record<string, unknown>,
  document: SourceDocument,
  path: PathStep[],
  into: Unwrapped,
): void => {
  const { apiVersion, kind } = value
  if (isWord(kind) && isWord(apiVersion)) {
    into.objects.push({ apiVersion, kind, value, document, path })
    return
  }
  const missing = isWord(kind) ? 'apiVersion' : 'kind'
  const message = `expected a word, as every Kubernetes object has one; found ${describeJson(value[missing])}`
  into.problems.push({ document, path: [...path, missing], message })
}

/** The objects of the documents, lists taken apart; documents that hold nothing are passed over. */
export const objectsOf = (documents: readonly SourceDocument[]): Unwrapped => {
  const into: Unwrapped = { objects: [], problems: [] }
  for (const document of documents) {
    if (document.value !== null && document.value !== undefined) unwrap(document.value, document, [], into)
  }
  return into
}
