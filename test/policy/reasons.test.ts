import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { judgeNode } from '../../src/policy/judge-node.ts'
import type { NodeEvidence } from '../../src/policy/node-evidence.ts'
import { REASON_CATALOGUE } from '../../src/policy/reason-catalogue.ts'
import { ADVISORIES, REASON_STATES } from '../../src/policy/reasons.ts'
import { configurationOf, poolNamed, readNodeFixture } from './evidence-builders.ts'

const root = resolve(import.meta.dirname, '../..')
const reasons = Object.entries(REASON_STATES)
const codes = [...reasons.map(([reason]) => reason), ...ADVISORIES]

const configuration = configurationOf({
  pools: [
    poolNamed('bottlerocket', {
      nodeSelector: { matchLabels: { os: 'bottlerocket' }, matchExpressions: [] },
      evidence: 'label',
      readyLabels: { 'soci-ready': 'true' },
    }),
  ],
})

// What a fixture's objects cannot say: when the report was last seen to move, and whether there is an outage.
const CIRCUMSTANCES: Record<string, Partial<NodeEvidence>> = {
  ReportStale: { fresh: false },
  EvidenceHeld: { held: true },
}

const judgeFixture = (code: string) =>
  judgeNode({ name: 'node1', ...readNodeFixture(code), fresh: true, ...CIRCUMSTANCES[code] }, configuration)

t.test('every reason and advisory has exactly one fixture', async t => {
  const fixtures = readdirSync(resolve(root, 'test/fixtures/nodes')).map(name => name.replace(/\.yaml$/, ''))
  t.strictSame(fixtures.sort(), [...codes, 'Ready'].sort())
})

t.test('every reason and advisory has a row in docs/reasons.md, and there is no other', async t => {
  const rows = readFileSync(resolve(root, 'docs/reasons.md'), 'utf8').matchAll(/^\| `([A-Za-z]+)` \| ([^|]+) \|(.*)$/gm)
  const states = [...rows].map(([, code, state, rest]) => {
    t.equal(rest?.split(' | ').length, 3, `${code} says what it means, how it is found out and what to do`)
    return [code, state?.trim()]
  })
  t.strictSame(states, [...reasons, ...ADVISORIES.map(advisory => [advisory, '–'])])
})

t.test('every reason and advisory has words short enough for a warning', async t => {
  t.strictSame(Object.keys(REASON_CATALOGUE), codes)
  for (const [code, { meaning, remedy }] of Object.entries(REASON_CATALOGUE)) {
    for (const sentence of [meaning, remedy]) {
      t.match(sentence, /^[A-Za-z][^\n]{10,98}\.$/, `${code}: ${sentence}`)
    }
  }
})

t.test('every rule stands in a file named for its reason', async t => {
  const kebab = (code: string): string => code.replaceAll(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase()
  for (const [reason] of reasons) {
    t.ok(existsSync(resolve(root, `src/policy/rules/${kebab(reason)}.ts`)), reason)
  }
})

for (const [reason, state] of reasons) {
  t.test(`the fixture ${reason} is ${state} for that reason`, async t => {
    const verdict = judgeFixture(reason)
    t.strictSame({ state: verdict.state, reason: verdict.reason }, { state, reason })
    t.ok(verdict.message.endsWith(REASON_CATALOGUE[reason as keyof typeof REASON_STATES].remedy), verdict.message)
  })
}

for (const advisory of ADVISORIES) {
  t.test(`the fixture ${advisory} is Ready with that advisory`, async t => {
    const verdict = judgeFixture(advisory)
    t.strictSame([verdict.state, verdict.reason, verdict.advisories], ['Ready', '', [advisory]])
  })
}

t.test('the fixture Ready is Ready and there is nothing else to say', async t => {
  t.strictSame(judgeFixture('Ready'), {
    node: 'node1',
    state: 'Ready',
    reason: '',
    message: 'soci is the default snapshotter and nothing of this boot was found outside it.',
    evidence: 'report',
    pool: '',
    mode: 'enforce',
    expectedSnapshotter: 'soci',
    defaultSnapshotter: 'soci',
    advisories: [],
  })
})
