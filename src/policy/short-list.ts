import { plainText } from './plain-text.ts'

// An agent lists at most this many of a kind (the report is at most 8 KiB), so a full list means "or more".
const REPORTED_AT_MOST = 10

const SHOWN = 3

/** How many of something a report lists, for example "1 image", "3 images" or "at least 10 images". */
export const countOf = (count: number, noun: string, reported = count): string =>
  `${reported >= REPORTED_AT_MOST ? 'at least ' : ''}${count} ${noun}${count === 1 ? '' : 's'}`

/** The first three items, printable, and how many more there are: "a, b, c and 4 more". */
export const shortList = (items: readonly string[]): string => {
  const shown = items.slice(0, SHOWN).map(item => plainText(item))
  return items.length > SHOWN ? `${shown.join(', ')} and ${items.length - SHOWN} more` : shown.join(', ')
}
