import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { DEFAULT_CONFIGURATION } from '../../src/config/default-configuration.ts'
import { parseGuardConfiguration } from '../../src/config/parse-guard-configuration.ts'
import { fieldTable, settingsTable } from './documentation.ts'

const path = resolve(import.meta.dirname, '../../docs/configuration.md')

const sections = [
  { name: 'settings', table: settingsTable() },
  { name: 'fields', table: fieldTable() },
]

const pattern = (name: string): RegExp => new RegExp(`(<!-- ${name} -->\n\n)([\\s\\S]*?)(\n\n<!-- end of ${name} -->)`)

// UPDATE_DOCUMENTATION=1 writes the tables anew.
if (process.env.UPDATE_DOCUMENTATION === '1') {
  const written = sections.reduce(
    (text, { name, table }) => text.replace(pattern(name), (_, start, _table, end) => `${start}${table}${end}`),
    readFileSync(path, 'utf8'),
  )
  writeFileSync(path, written)
}

const page = readFileSync(path, 'utf8')

for (const { name, table } of sections) {
  t.test(`the table of ${name} agrees with the code`, async t => {
    t.equal(pattern(name).exec(page)?.[2], table)
  })
}

t.test('the whole configuration that the page shows is valid, and is the defaults but for its examples', async t => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
  const parsed = parseGuardConfiguration(example, 'docs/configuration.md')
  t.strictSame(parsed.ok ? [] : parsed.problems, [])
  if (!parsed.ok) return
  const { pools, ...rest } = parsed.value
  t.strictSame({ ...rest, pools: [] }, DEFAULT_CONFIGURATION)
  t.strictSame(
    pools.map(({ name }) => name),
    ['bottlerocket', 'windows', 'gpu'],
  )
})
