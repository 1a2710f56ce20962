import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const read = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8')

const codesOf = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(match => match[1] ?? '').sort()

t.test('every error code has a row in docs/errors.md, and every row a code', async t => {
  const codes = codesOf(read('src/errors.ts'), /\| '(SOCI_GUARD_[A-Z_]+)'/g)
  t.ok(codes.length > 15)
  t.strictSame(codesOf(read('docs/errors.md'), /^\| `(SOCI_GUARD_[A-Z_]+)` \|/gm), codes)
})
