import t from 'tap'
import { effectiveMode } from '../../src/policy/effective-mode.ts'
import { MODES } from '../../src/policy/mode.ts'

t.test('the weaker of the node and the labelled namespace holds', async t => {
  const configuration = { mode: 'enforce', namespaceModes: true } as const
  for (const [i, nodeMode] of MODES.entries()) {
    for (const [j, namespaceLabel] of MODES.entries()) {
      t.equal(effectiveMode({ nodeMode, namespaceLabel, configuration }), MODES[Math.max(i, j)])
    }
  }
})

const CASES = [
  { name: 'no label', namespaceLabel: undefined, mode: 'warn', namespaceModes: true, want: 'warn' },
  { name: 'a misspelt label', namespaceLabel: 'Off', mode: 'enforce', namespaceModes: true, want: 'enforce' },
  { name: 'an empty label', namespaceLabel: '', mode: 'audit', namespaceModes: true, want: 'audit' },
  {
    name: 'a stronger label than the configuration',
    namespaceLabel: 'enforce',
    mode: 'audit',
    namespaceModes: true,
    want: 'enforce',
  },
  {
    name: 'a label where labels are ignored',
    namespaceLabel: 'off',
    mode: 'enforce',
    namespaceModes: false,
    want: 'enforce',
  },
  {
    name: 'a stronger label where labels are ignored',
    namespaceLabel: 'enforce',
    mode: 'warn',
    namespaceModes: false,
    want: 'warn',
  },
] as const

for (const { name, namespaceLabel, mode, namespaceModes, want } of CASES) {
  t.test(`on an enforcing node a namespace with ${name} has mode ${want}`, async t => {
    t.equal(effectiveMode({ nodeMode: 'enforce', namespaceLabel, configuration: { mode, namespaceModes } }), want)
  })
}
