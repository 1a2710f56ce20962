import { giveUp } from './plain-yaml-scalar.ts'

/** The lines of a YAML text, looked at one after the other; a document ends at `---` or with the text. */
export class Lines {
  readonly all: readonly string[]
  /** Which line is looked at, from 0. */
  at = 0
  /** The spaces before the content of the current line; -1 at the end of a document. */
  indent = -1
  /** The current line without its indentation and the spaces at its end. */
  content = ''

  constructor(text: string) {
    // Line breaks of another kind, and tabs that may be indentation, are not for here.
    if (text.includes('\r') || /^ *\t/m.test(text)) giveUp()
    this.all = text.split('\n')
  }

  /** Moves to the next line of the document that has content, beginning with line `from`. */
  seek(from: number): void {
    for (this.at = from; this.at < this.all.length; this.at++) {
      const line = this.all[this.at] ?? ''
      const indent = indentOf(line)
      if (indent === line.length || line[indent] === '#') continue
      if (indent === 0 && isMarker(line)) break
      this.indent = indent
      this.content = withoutSpacesAtEnd(line.slice(indent))
      return
    }
    this.indent = -1
    this.content = ''
  }

  next(): void {
    this.seek(this.at + 1)
  }

  /** Looks at what follows a dash as if it stood in a line of its own. */
  enter(width: number): void {
    this.indent += width
    this.content = this.content.slice(width)
  }
}

/** How many spaces a line begins with. */
export const indentOf = (line: string): number => {
  let indent = 0
  while (line.charCodeAt(indent) === 0x20) indent++
  return indent
}

/** True for a line that ends a document; one with anything behind the dashes, or three full stops, is unusual. */
export const isMarker = (line: string): boolean => {
  if (line.startsWith('...') || line.startsWith('%')) giveUp()
  if (!line.startsWith('---')) return false
  const rest = line.slice(3)
  if (isBlank(rest)) return true
  return rest.startsWith(' ') ? giveUp() : false
}

/** True for a line of spaces only. */
export const isBlank = (line: string): boolean => indentOf(line) === line.length

/** Not trimEnd, which takes away characters that YAML keeps, such as a no-break space. */
export const withoutSpacesAtEnd = (text: string): string => {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 0x20) end--
  return text.slice(0, end)
}
