import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const DOCUMENT = join(import.meta.dirname, '../../../docs/install.md')

/** The first kubectl command in the section of docs/install.md about breaking the glass, as words; throws when there is none. */
export function breakGlassCommand(): string[] {
  const section = readFileSync(DOCUMENT, 'utf8')
    .split(/^#+ /m)
    .find(part => /^[^\n]*break[- ](the )?glass/i.test(part))
  const line = section?.match(/^\s*kubectl (.+)$/m)?.[1]
  if (line === undefined) throw new Error(`${DOCUMENT} has no kubectl command in a section about breaking the glass`)
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? (word as string))
}
