// The scalars of plain YAML, see plain-yaml.ts. Whatever needs more thought than is spent here throws Unusual.

/** Thrown where the YAML is not plain: the whole text is then left to the YAML library. */
export class Unusual extends Error {}

const UNUSUAL = new Unusual('not plain YAML')

/** Gives up; one error serves all, because nobody looks at it. */
export const giveUp = (): never => {
  throw UNUSUAL
}

// YAML 1.2 core schema: everything that is neither of these is text. Numbers are taken only in the one form in which there is
// nothing to decide; other forms (octal, exponents, leading zeros, signs) are rare in Kubernetes' objects.
const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const),
])
const LONGEST_WORD = 5
const INTEGER = /^(?:0|-?[1-9][0-9]{0,14})$/
const LIKE_A_NUMBER =
  /^(?:[-+]?(?:\.?[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

const BEGINS_UNUSUALLY = /^[-?:,[\]{}#&*!|>'"%@`\s]/
const BEGINS_WITH_MINUS = /^-[^\s,[\]{}]/

/** The text, when it may stand unquoted in one line: no comment, no `: `, and no indicator at its beginning. */
export const plainText = (text: string): string => {
  if (BEGINS_UNUSUALLY.test(text) && !BEGINS_WITH_MINUS.test(text)) giveUp()
  if (text.endsWith(':') || text.endsWith(' ') || text.includes(': ') || text.includes(' #') || text.includes('\t'))
    giveUp()
  return text
}

/** What an unquoted scalar means. */
export const plainValue = (text: string): unknown => {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text)
    if (word !== undefined) return word
  }
  plainText(text)
  const first = text.charCodeAt(0)
  // Digits, plus, minus and full stop: only these begin a number.
  if (first > 0x39 || first < 0x2b) return text
  if (INTEGER.test(text)) return Number(text)
  return LIKE_A_NUMBER.test(text) ? giveUp() : text
}

/** The place after the quoted scalar that opens at `from`; -1 when it does not close in this line. */
export const quotedEnd = (text: string, from: number): number => {
  const quote = text[from]
  for (let at = from + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") at++
      else return at + 1
    }
  }
  return -1
}

/** What a quoted scalar in one line means; YAML's escapes that JSON does not have are unusual. */
export const quotedValue = (text: string): string => {
  const inner = text.slice(1, -1)
  if (text[0] === "'") return inner.includes("''") ? inner.replaceAll("''", "'") : inner
  if (!inner.includes('\\')) return inner
  try {
    return JSON.parse(text)
  } catch {
    // An escape such as \x41 or \_, or a tab.
    return giveUp()
  }
}
