import { parseJsonDocuments } from './json-documents.ts'
import { readPlainYaml } from './plain-yaml.ts'
import type { SourceDocuments } from './source-document.ts'
import { parseYamlDocuments } from './yaml-documents.ts'

// An opening brace or bracket followed by what JSON allows there; YAML's flow style leaves the quotes away.
const LOOKS_LIKE_JSON = /^\s*(?:---\s*)?(?:\{\s*["}]|\[\s*[[{\]"])/

// What a JSON text sequence (RFC 7464) puts before each of its values.
const RECORD_SEPARATOR = '\u001e'

// YAML may begin as JSON does and go on otherwise (a comma before the closing brace, comments), which is worth another try only
// while it is quick: the YAML parser reads about 1 MB a second.
const SECOND_TRY_CHARACTERS = 4_000_000

const parseYaml = (text: string): SourceDocuments => {
  const documents = readPlainYaml(text)
  return documents === undefined ? parseYamlDocuments(text) : { documents, problems: [] }
}

/** Every document of a YAML or JSON text. JSON is told by how it begins and read several times as fast. */
export const parseDocuments = (text: string): SourceDocuments => {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text
  if (!body.startsWith(RECORD_SEPARATOR) && !LOOKS_LIKE_JSON.test(body)) return parseYaml(body)
  const json = parseJsonDocuments(body)
  if (json.problems.length === 0 || body.length > SECOND_TRY_CHARACTERS) return json
  const yaml = parseYaml(body)
  return yaml.problems.length === 0 ? yaml : json
}
