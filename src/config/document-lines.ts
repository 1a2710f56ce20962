import { type Document, isCollection, isMap, isScalar, type LineCounter, type Node, type Pair } from 'yaml'

/** Where a value stands in a document: the keys and positions that lead to it. */
export type Segments = readonly (string | number)[]

/** The line, from 1, of the value at these segments, or of the nearest thing around it that is written down. */
export const findLine = (document: Document.Parsed, lineCounter: LineCounter, segments: Segments): number => {
  let node: unknown = document.contents
  let offset = 0
  for (const segment of segments) {
    if (!isCollection(node)) break
    const start = isMap(node) ? keyOffset(node.items, segment) : offsetOf(node.get(segment, true))
    if (start === undefined) break
    offset = start
    node = node.get(segment, true)
  }
  return lineCounter.linePos(offset).line
}

/** The text with which a scalar is written, for example `off` where YAML 1.1 reads false; undefined for anything else. */
export const findSource = (document: Document.Parsed, segments: Segments): string | undefined => {
  const node = document.getIn(segments, true)
  return isScalar(node) ? node.source : undefined
}

/** Segments as people write them, for example pools[1].nodeSelector.matchLabels["kubernetes.io/os"]. */
export const formatSegments = (segments: Segments): string =>
  segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(segment)) return `${path}[${JSON.stringify(segment)}]`
    return path === '' ? segment : `${path}.${segment}`
  }, '')

const keyOffset = (pairs: readonly Pair[], key: string | number): number | undefined =>
  offsetOf(pairs.find(pair => isScalar(pair.key) && String(pair.key.value) === key)?.key)

const offsetOf = (node: unknown): number | undefined => (node as Node | undefined)?.range?.[0]
