import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml'
import type { PathStep } from './problem-path.ts'
import type { SourceDocument, SourceDocuments, SourceProblem } from './source-document.ts'

interface Found {
  readonly node: Node | null
  readonly offset: number
}

const startOf = (node: Node | null): number | undefined => node?.range?.[0]

// A field is where its key stands, which is the line that a reader looks for even when the value begins on the next one.
const child = (document: Document, node: Node, step: PathStep): Found | null => {
  const collection = isAlias(node) ? node.resolve(document) : node
  if (!isCollection(collection)) return null
  const item: unknown =
    typeof step === 'number' && !isMap(collection)
      ? collection.items[step]
      : collection.items.find(pair => isPair(pair) && isNode(pair.key) && String(pair.key.toJSON()) === String(step))
  if (isPair(item) && isNode(item.key)) {
    return { node: isNode(item.value) ? item.value : null, offset: startOf(item.key) ?? 0 }
  }
  return isNode(item) ? { node: item, offset: startOf(item) ?? 0 } : null
}

const offsetOf = (document: Document, path: readonly PathStep[]): number => {
  let found: Found = { node: document.contents, offset: startOf(document.contents) ?? document.range?.[0] ?? 0 }
  for (const step of path) {
    const next = found.node === null ? null : child(document, found.node, step)
    if (next === null) return found.offset
    found = next
  }
  return found.offset
}

const firstLine = (message: string): string =>
  message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message

/** Every document of a YAML text (1.2, with merge keys as Kubernetes' own tools read them); duplicate keys are problems. */
export const parseYamlDocuments = (text: string): SourceDocuments => {
  const lineCounter = new LineCounter()
  const lineAt = (offset: number): number => Math.max(1, lineCounter.linePos(offset).line)
  const documents: SourceDocument[] = []
  const problems: SourceProblem[] = []
  const parsed = parseAllDocuments(text, { lineCounter, merge: true })
  const list: readonly Document[] = Array.isArray(parsed) ? parsed : []
  list.forEach((document, index) => {
    const number = index + 1
    for (const error of document.errors)
      problems.push({
        document: number,
        line: () => lineAt(error.pos[0]),
        path: [],
        message: firstLine(error.message),
      })
    if (document.errors.length > 0) return
    try {
      documents.push({ value: document.toJS(), number, lineOf: path => lineAt(offsetOf(document, path)) })
    } catch (error) {
      // toJS refuses what it could only expand without end: an alias of nothing, or a hundred of them.
      problems.push({
        document: number,
        line: () => lineAt(document.range?.[0] ?? 0),
        path: [],
        message: error instanceof Error ? error.message : String(error),
      })
    }
  })
  return { documents, problems }
}
