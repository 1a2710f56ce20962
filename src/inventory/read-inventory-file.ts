import { GuardError, type Parsed } from '../errors.ts'
import { type PlacedProblem, placeProblems } from './format-problems.ts'
import type { InventoryContents } from './inventory-contents.ts'
import { readManifestFiles } from './manifest-files.ts'
import { parseDocuments } from './parse-documents.ts'
import { type FiledObject, type FiledProblem, parseInventory } from './parse-inventory.ts'
import { objectsOf } from './source-object.ts'

const placed = ({ file, document, path, message }: FiledProblem): PlacedProblem => ({
  file,
  document: document.number,
  line: () => document.lineOf(path),
  path,
  message,
})

// A file that is being written is empty for a moment; taking it for an empty cluster would drop every node.
const emptyFile = (file: string): PlacedProblem => ({
  file,
  document: 1,
  line: () => 1,
  path: [],
  message: 'expected Kubernetes objects, found an empty file',
})

const inOrder = (problems: readonly PlacedProblem[], files: readonly { readonly path: string }[]): PlacedProblem[] => {
  const places = new Map(files.map(({ path }, index) => [path, index]))
  const placeOf = ({ file }: PlacedProblem): number => places.get(file) ?? 0
  return problems.toSorted((one, other) => placeOf(one) - placeOf(other) || one.document - other.document)
}

// Strings read from YAML are slices of its text, and one slice keeps the whole text in memory: a node that does not change
// for a week would keep the file as it was a week ago.
const detached = (contents: InventoryContents): InventoryContents => structuredClone(contents)

/** The contents of one inventory text, or of several that belong together, or every problem in them. */
export const parseInventoryTexts = (
  files: readonly { readonly path: string; readonly text: string }[],
): Parsed<InventoryContents> => {
  const problems: PlacedProblem[] = []
  const objects: FiledObject[] = []
  for (const { path: file, text } of files) {
    const source = parseDocuments(text)
    problems.push(...source.problems.map(problem => ({ ...problem, file })))
    const unwrapped = objectsOf(source.documents)
    problems.push(...unwrapped.problems.map(problem => placed({ ...problem, file })))
    for (const object of unwrapped.objects) objects.push({ ...object, file })
    if (text.trim() === '') problems.push(emptyFile(file))
  }
  const { contents, problems: wrong } = parseInventory(objects)
  problems.push(...wrong.map(placed))
  return problems.length === 0
    ? { ok: true, value: detached(contents) }
    : { ok: false, problems: placeProblems(inOrder(problems, files)) }
}

/** The contents of an inventory file or folder; a GuardError with every problem, one a line, or that it cannot be read. */
export const loadInventoryFile = async (path: string): Promise<InventoryContents> => {
  const parsed = parseInventoryTexts(await readManifestFiles(path))
  if (parsed.ok) return parsed.value
  const lines = parsed.problems.map(problem => `${problem.path}: ${problem.message}`)
  throw new GuardError('SOCI_GUARD_INVENTORY_INVALID', lines.join('\n'))
}
