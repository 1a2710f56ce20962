import { stripVTControlCharacters } from 'node:util'

const GAP = '   '

const widthOf = (cell: string): number => stripVTControlCharacters(cell).length

/** Formats rows for a table that goes on: the first call gives the heading too, and columns never get narrower again. */
export type FormatRows = (rows: readonly (readonly string[])[]) => string

/** A table with aligned columns as kubectl prints them: three spaces between columns, none at the end of a line. */
export const createTable = (heading: readonly string[]): FormatRows => {
  const widths = heading.map(widthOf)
  let isHeaded = false
  const pad = (cell: string, column: number): string => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))
  return rows => {
    for (const row of rows)
      row.forEach((cell, column) => {
        widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))
      })
    const lines = isHeaded ? rows : [heading, ...rows]
    isHeaded = true
    return lines.map(line => `${line.map(pad).join(GAP).trimEnd()}\n`).join('')
  }
}

/** A whole table: its heading and its rows. */
export const formatTable = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  createTable(heading)(rows)
