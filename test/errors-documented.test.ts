import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const codesOf = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(match => match[1] ?? '').sort()

const codes = codesOf(read('src/errors.ts'), /\| '(SOCI_GUARD_[A-Z_]+)'/g)

t.test('every error code has a row in docs/errors.md, and every row a code', async t => {
  t.ok(codes.length > 15)
  t.strictSame(codesOf(read('docs/errors.md'), /^\| `(SOCI_GUARD_[A-Z_]+)` \|/gm), codes)
})

t.test('every error code is given by something', async t => {
  const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && name !== 'errors.ts')
    .map(name => read(join('src', name)))
    .join('\n')
  // In quotes, but neither the key of a table nor compared with: somebody makes an error or an answer of it.
  const given = new Set(codesOf(source, /(?<!\[|[=!]== )'(SOCI_GUARD_[A-Z_]+)'/g))
  t.strictSame(
    codes.filter(code => !given.has(code)),
    [],
  )
})
