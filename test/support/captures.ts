import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../fixtures/captures')

/** What a real node answered, by version and state, such as 2.4.2/a1-soci-from-launch; a copy of its own for every caller. */
export const readCapture = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
