import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_CONFIGURATION } from '../../src/config/default-configuration.ts'
import { parseGuardConfiguration } from '../../src/config/parse-guard-configuration.ts'
import type { GuardConfiguration } from '../../src/policy/configuration.ts'

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../fixtures/config', name), 'utf8')
const HEAD = 'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\n'

const parse = (text: string): GuardConfiguration => {
  const parsed = parseGuardConfiguration(text, 'guard.yaml')
  if (!parsed.ok) throw new Error(problemsOf(text).join('\n'))
  return parsed.value
}

const problemsOf = (text: string): string[] => {
  const parsed = parseGuardConfiguration(text, 'guard.yaml')
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`)
}

t.test('a file that says nothing stands for the defaults', async t => {
  t.strictSame(parse(fixture('minimal.yaml')), DEFAULT_CONFIGURATION)
})

t.test('the defaults are those of the documentation', async t => {
  t.strictSame(DEFAULT_CONFIGURATION, {
    expectedSnapshotter: 'soci',
    mode: 'enforce',
    reportTTLMs: 150_000,
    namespaceModes: true,
    unverified: 'deny',
    couldNotTell: 'deny',
    inventoryStaleMs: 180_000,
    pools: [],
    outage: { fraction: 0.55, answer: 'hold' },
    violations: new Set(),
    exemptions: {
      namespaces: new Set(['kube-system', 'soci-guard-system']),
      users: new Set(),
      groups: new Set(),
      runtimeClasses: new Set(),
      podSelector: null,
    },
  })
})

t.test('every field of a file counts, and a pool takes what it leaves out from the configuration', async t => {
  t.strictSame(parse(fixture('full.yaml')), {
    expectedSnapshotter: 'soci',
    mode: 'warn',
    reportTTLMs: 90_000,
    namespaceModes: false,
    unverified: 'warn',
    couldNotTell: 'allow',
    inventoryStaleMs: 240_000,
    pools: [
      {
        name: 'bottlerocket',
        nodeSelector: { matchLabels: { os: 'bottlerocket' }, matchExpressions: [] },
        mode: 'warn',
        expectedSnapshotter: 'soci',
        evidence: 'label',
        readyLabels: { 'soci-ready': 'true' },
      },
      {
        name: 'windows',
        nodeSelector: { matchLabels: { 'kubernetes.io/os': 'windows' }, matchExpressions: [] },
        mode: 'off',
        expectedSnapshotter: 'soci',
        evidence: 'report',
        readyLabels: {},
      },
      {
        name: 'gpu',
        nodeSelector: {
          matchLabels: {},
          matchExpressions: [
            { key: 'intent', operator: 'In', values: ['soci-snapshotter'] },
            { key: 'legacy', operator: 'DoesNotExist', values: [] },
          ],
        },
        mode: 'enforce',
        expectedSnapshotter: 'soci-parallel',
        evidence: 'report',
        readyLabels: {},
      },
    ],
    outage: { fraction: 0.8, answer: 'deny' },
    violations: new Set(['SandboxImageOutsideDefault']),
    exemptions: {
      namespaces: new Set(['kube-system']),
      users: new Set(['system:serviceaccount:ci:deployer']),
      groups: new Set(['system:masters']),
      runtimeClasses: new Set(['kata']),
      podSelector: { matchLabels: { 'soci-guard.dev/exempt': 'true' }, matchExpressions: [] },
    },
  })
})

t.test('everything that is wrong is reported at once, with line and path', async t => {
  t.strictSame(problemsOf(fixture('everything-wrong.yaml')), [
    'guard.yaml:1: apiVersion: expected "soci-guard.dev/v1alpha1"; found "soci-guard.dev/v1"',
    'guard.yaml:2: kind: expected "GuardConfiguration"; found "GuardConfig"',
    'guard.yaml:3: expectedSnapshoter: unknown field; did you mean expectedSnapshotter?',
    'guard.yaml:4: mode: expected one of enforce, warn, audit, off; found false; write "off", in quotes',
    'guard.yaml:5: duplicate key mode; keep one of them',
    'guard.yaml:6: reportTTLSeconds: expected a whole number of seconds from 1 to 86400; found 0',
    'guard.yaml:7: namespaceModes: expected true or false; found "yes"',
    'guard.yaml:8: unverified: expected one of deny, warn, allow; found "maybe"',
    'guard.yaml:9: couldNotTell: expected one of deny, warn, allow; found nothing',
    'guard.yaml:11: pools[0].readyLabels: missing; expected at least one label, because evidence is label',
    'guard.yaml:13: pools[1].mode: expected one of enforce, warn, audit, off; found "enforced"; did you mean enforce?',
    'guard.yaml:16: pools[1].nodeSelector.matchLabels["kubernetes.io/os"]: expected a label value: text of at most 63 letters, digits, - _ or .; found true; write "true", in quotes',
    'guard.yaml:17: pools[1].nodeSelector.matchLabels["bad key!"]: expected a label key, for example kubernetes.io/os; found "bad key!"',
    'guard.yaml:19: pools[1].nodeSelector.matchExpressions[0].values: missing; expected at least one value, because the operator is In or NotIn',
    'guard.yaml:20: pools[1].nodeSelector.matchExpressions[1].values: expected no values, because the operator is Exists or DoesNotExist; found a list',
    'guard.yaml:21: pools[1].nodeSelector.matchExpressions[2].operator: expected one of In, NotIn, Exists, DoesNotExist; found "Is"',
    'guard.yaml:22: pools[1].nodeSelector.matchExpressions[3]: expected an expression: a mapping with key, operator and values; found "intent"',
    'guard.yaml:23: pools[1].readyLabels: expected no labels, because they count only with evidence: label; found a mapping',
    'guard.yaml:24: pools[2].name: missing; expected a name: at most 63 letters, digits, - _ or .',
    'guard.yaml:25: pools[3].readyLabels: expected at least one label, because evidence is label; found an empty mapping',
    'guard.yaml:26: outage.fraction: expected a number above 0 and at most 1; found 1.5',
    'guard.yaml:26: outage.answer: expected one of hold, deny; found "wait"',
    'guard.yaml:27: violations[0]: expected one of LazyLoadingDisabled, ContainerdStatsBug, SandboxImageOutsideDefault, RuntimeHandlerUsesOtherSnapshotter, EarlierBootResidue, NoRegistryAuthentication; found "EvidenceHeld"',
    'guard.yaml:29: exemptions.namespaces[0]: expected the name of a namespace, without wildcards; found "kube-*"',
    'guard.yaml:30: exemptions.users[0]: expected a name; found ""',
    'guard.yaml:31: exemptions.runtimeClasses: expected a list of RuntimeClass names; found "kata"',
    'guard.yaml:32: exemptions.podSelector: expected a label selector: a mapping with matchLabels and matchExpressions; found an empty list',
    'guard.yaml:33: exemptions.pods: unknown field; expected one of namespaces, users, groups, runtimeClasses, podSelector',
  ])
})

const refused = [
  { name: 'an empty file', text: '', want: ['guard.yaml:1: expected a GuardConfiguration; found nothing'] },
  {
    name: 'a file of comments',
    text: '# nothing\n---\n',
    want: ['guard.yaml:1: expected a GuardConfiguration; found nothing'],
  },
  {
    name: 'a second document',
    text: `${HEAD}---\n${HEAD}`,
    want: ['guard.yaml:3: expected one document; found another one after ---'],
  },
  { name: 'a list', text: '- mode\n', want: ['guard.yaml:1: expected a GuardConfiguration; found a list'] },
  {
    name: 'a file without apiVersion and kind',
    text: 'mode: warn\n',
    want: [
      'guard.yaml:1: apiVersion: missing; expected "soci-guard.dev/v1alpha1"',
      'guard.yaml:1: kind: missing; expected "GuardConfiguration"',
    ],
  },
  {
    name: 'the same pool name twice',
    text: `${HEAD}pools:\n  - { name: a }\n  - { name: b }\n  - { name: a }\n`,
    want: ['guard.yaml:6: pools[2].name: expected each name once; pools[0] is "a" too'],
  },
  {
    name: 'off as YAML 1.1 reads it',
    text: `%YAML 1.1\n---\n${HEAD}mode: off\n`,
    want: ['guard.yaml:5: mode: expected one of enforce, warn, audit, off; found false; write "off", in quotes'],
  },
  {
    name: 'a label value that YAML reads as a number',
    text: `${HEAD}pools: [{ name: a, nodeSelector: { matchLabels: { generation: 1.10 } } }]\n`,
    want: [
      'guard.yaml:3: pools[0].nodeSelector.matchLabels.generation: expected a label value: text of at most 63 letters, digits, - _ or .; found 1.1; write "1.10", in quotes',
    ],
  },
  {
    name: 'an unclosed bracket',
    text: `${HEAD}violations: [EarlierBootResidue\nmode: warn\n`,
    want: ['guard.yaml:4: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  },
  {
    name: 'an alias without an anchor',
    text: `${HEAD}mode: *mode\n`,
    want: ['guard.yaml:1: Unresolved alias (the anchor must be set before the alias): mode'],
  },
  {
    name: 'an unknown tag',
    text: `${HEAD}mode: !secret warn\n`,
    want: ['guard.yaml:3: Unresolved tag: !secret'],
  },
  {
    name: 'a key called __proto__',
    text: `${HEAD}__proto__: { mode: off }\n`,
    want: [
      'guard.yaml:3: __proto__: unknown field; expected one of apiVersion, kind, expectedSnapshotter, mode, reportTTLSeconds, namespaceModes, unverified, couldNotTell, inventoryStaleSeconds, pools, outage, violations, exemptions',
    ],
  },
  {
    name: 'a very long value, shortened',
    text: `${HEAD}mode: ${'a'.repeat(100)}\n`,
    want: [`guard.yaml:3: mode: expected one of enforce, warn, audit, off; found "${'a'.repeat(60)}…"`],
  },
  {
    name: 'a label key whose prefix is too long',
    text: `${HEAD}exemptions: { podSelector: { matchExpressions: [{ key: ${'a'.repeat(254)}/b, operator: Exists }] } }\n`,
    want: [
      `guard.yaml:3: exemptions.podSelector.matchExpressions[0].key: expected a label key, for example kubernetes.io/os; found "${'a'.repeat(60)}…"`,
    ],
  },
]

for (const { name, text, want } of refused) {
  t.test(`${name} is refused`, async t => {
    t.strictSame(problemsOf(text), want)
  })
}

t.test('sections with nothing below them count as absent', async t => {
  const text = `${HEAD}pools:\noutage:\nviolations:\nexemptions:\n  namespaces:\n  users:\n  podSelector:\n`
  t.strictSame(parse(text), DEFAULT_CONFIGURATION)
  t.strictSame(parse(`${HEAD}exemptions:\n`), DEFAULT_CONFIGURATION)
  const pool = parse(`${HEAD}pools:\n  - name: all\n    nodeSelector:\n    readyLabels:\n`).pools[0]
  t.strictSame(pool?.nodeSelector, { matchLabels: {}, matchExpressions: [] })
})

t.test('an empty list of namespaces takes the default ones away', async t => {
  t.strictSame(parse(`${HEAD}exemptions: { namespaces: [] }\n`).exemptions.namespaces, new Set())
})

t.test('an empty pod selector exempts nobody', async t => {
  for (const selector of ['{}', '{ matchLabels: {} }', '{ matchLabels: {}, matchExpressions: [] }']) {
    t.equal(parse(`${HEAD}exemptions: { podSelector: ${selector} }\n`).exemptions.podSelector, null, selector)
  }
})

t.test('half an outage section keeps the other default', async t => {
  t.strictSame(parse(`${HEAD}outage: { answer: deny }\n`).outage, { fraction: 0.55, answer: 'deny' })
  t.strictSame(parse(`${HEAD}outage: { fraction: 1 }\n`).outage, { fraction: 1, answer: 'hold' })
})

t.test('a label may be called constructor', async t => {
  const [pool] = parse(`${HEAD}pools: [{ name: a, nodeSelector: { matchLabels: { constructor: x } } }]\n`).pools
  t.strictSame(Object.entries(pool?.nodeSelector.matchLabels ?? {}), [['constructor', 'x']])
})

t.test('an empty document before or after the configuration does not count', async t => {
  t.strictSame(parse(`# comment\n---\n${HEAD}---\n`), DEFAULT_CONFIGURATION)
})

t.test('JSON is read as well', async t => {
  const text = JSON.stringify({ apiVersion: 'soci-guard.dev/v1alpha1', kind: 'GuardConfiguration', mode: 'audit' })
  t.equal(parse(text).mode, 'audit')
})

t.test('the configuration is frozen all the way down', async t => {
  const { pools, outage, exemptions } = parse(fixture('full.yaml'))
  const parts = [pools, pools[2], pools[2]?.nodeSelector.matchExpressions[0]?.values, pools[0]?.readyLabels, outage]
  for (const part of [...parts, exemptions, exemptions.podSelector?.matchLabels]) t.ok(Object.isFrozen(part))
})

t.test('text of any kind gives a configuration or problems, and never throws', async () => {
  const lines = [
    'mode: off',
    'pools:',
    '  - name: a',
    '&a x: *a',
    '? [a]',
    '<<: *b',
    '1: 2',
    '!!set {a}',
    '---',
    '"\\ud800": x',
  ]
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...lines), fc.string())), parts => {
      const parsed = parseGuardConfiguration(HEAD + parts.join('\n'), 'guard.yaml')
      return parsed.ok || parsed.problems.length > 0
    }),
  )
})
