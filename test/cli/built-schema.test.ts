// The bundle carries a validator of the configuration made ahead of time; it must say what the one made at run time says.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseGuardConfiguration } from '../../src/config/parse-guard-configuration.ts'
import { ROOT, runBin } from '../support/run-bin.ts'

const INVENTORY = join(ROOT, 'examples/inventory.yaml')
const HEAD = 'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\n'
const BAD: readonly { name: string; text: string }[] = [
  {
    name: 'everything wrong',
    text: readFileSync(join(ROOT, 'test/fixtures/config/everything-wrong.yaml'), 'utf8'),
  },
  { name: 'a list instead of a mapping', text: '[]' },
  {
    name: 'a name that is too long, of characters that are two in UTF-16',
    text: `${HEAD}pools: [{ name: ${'🦭'.repeat(64)} }]`,
  },
]

for (const { name, text } of BAD) {
  t.test(`the bundle says the same of ${name}`, async t => {
    const path = join(t.testdir({ 'guard.yaml': text }), 'guard.yaml')
    const parsed = parseGuardConfiguration(text, path)
    if (parsed.ok) throw new Error('expected problems')
    const { code, stderr } = await runBin(['nodes', '--inventory', INVENTORY, '--config', path])
    t.equal(code, 2)
    t.strictSame(
      stderr.trimEnd().split('\n'),
      parsed.problems.map(problem => `soci-guard: ${problem.path}: ${problem.message}`),
    )
  })
}

t.test('the bundle takes every field that there is', async t => {
  const { code, stderr } = await runBin([
    ...['nodes', '--inventory', INVENTORY],
    ...['--config', join(ROOT, 'test/fixtures/config/full.yaml')],
  ])
  t.equal(stderr, '')
  t.match(code, /^[01]$/)
})
