import { stripVTControlCharacters } from 'node:util'

const GAP = '   '

const widthOf = (cell: string): number => stripVTControlCharacters(cell).length

/** Rows in aligned columns as kubectl prints them: a heading, three spaces between columns, none at the end of a line. */
export const formatTable = (heading: readonly string[], rows: readonly (readonly string[])[]): string => {
  const lines = [heading, ...rows]
  const widths = heading.map((_, column) =>
    lines.reduce((widest, line) => Math.max(widest, widthOf(line[column] ?? '')), 0),
  )
  const pad = (cell: string, column: number): string => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))
  return lines.map(line => `${line.map(pad).join(GAP).trimEnd()}\n`).join('')
}
