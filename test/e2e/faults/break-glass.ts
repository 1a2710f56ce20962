import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const DOCUMENT = join(import.meta.dirname, '../../../docs/install.md')

/** The heading of the section that says how to break the glass. */
const HEADING = 'When it is in the way'

/** The first kubectl command in that section of docs/install.md, as words; throws when there is none. */
export function breakGlassCommand(): string[] {
  const section = readFileSync(DOCUMENT, 'utf8')
    .split(/^#+ /m)
    .find(part => part.startsWith(HEADING))
  const line = section?.match(/^\s*kubectl (.+)$/m)?.[1]
  if (line === undefined) throw new Error(`${DOCUMENT} has no kubectl command in a section "${HEADING}"`)
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? (word as string))
}
