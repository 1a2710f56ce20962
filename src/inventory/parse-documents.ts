import { parseJsonDocuments } from './json-documents.ts'
import type { PathStep } from './problem-path.ts'
import { readQuickYaml } from './quick-yaml.ts'
import type { SourceDocuments } from './source-document.ts'
import { parseYamlDocuments } from './yaml-documents.ts'

// An opening brace or bracket followed by what JSON allows there; YAML's flow style leaves the quotes away.
const LOOKS_LIKE_JSON = /^\s*(?:---\s*)?(?:\{\s*["}]|\[\s*[[{\]"])/

// What a JSON text sequence (RFC 7464) puts before each of its values.
const RECORD_SEPARATOR = '\u001e'

// YAML may begin as JSON does and go on otherwise (a comma before the closing brace, comments), which is worth another try only
// while it is quick: the YAML library reads about 1 MB a second.
const SECOND_TRY_CHARACTERS = 4_000_000

const parseYaml = (text: string): SourceDocuments => {
  const values = readQuickYaml(text)
  if (values === undefined) return parseYamlDocuments(text)
  // Most texts have nothing wrong in them, and nobody asks for their lines.
  let slow: SourceDocuments | undefined
  const lineOf = (number: number, path: readonly PathStep[]): number => {
    slow ??= parseYamlDocuments(text)
    return slow.documents.find(document => document.number === number)?.lineOf(path) ?? 1
  }
  const documents = values.map((value, index) => ({
    value,
    number: index + 1,
    lineOf: (path: readonly PathStep[]) => lineOf(index + 1, path),
  }))
  return { documents, problems: [] }
}

/** Every document of a YAML or JSON text. JSON is told by how it begins and read several times as fast. */
export const parseDocuments = (text: string): SourceDocuments => {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text
  if (!body.startsWith(RECORD_SEPARATOR) && !LOOKS_LIKE_JSON.test(body)) return parseYaml(body)
  const json = parseJsonDocuments(body)
  // A key given twice, the only problem that has a path, is one in YAML too.
  const isRead = json.problems.every(({ path }) => path.length > 0)
  if (isRead || body.length > SECOND_TRY_CHARACTERS) return json
  const yaml = parseYaml(body)
  return yaml.problems.length === 0 ? yaml : json
}
