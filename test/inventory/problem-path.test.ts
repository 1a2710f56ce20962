import t from 'tap'
import { type PathStep, pathOf, stepsOf } from '../../src/inventory/problem-path.ts'

const CASES: readonly { text: string; steps: readonly PathStep[] }[] = [
  { text: '', steps: [] },
  { text: 'spec', steps: ['spec'] },
  { text: 'spec.taints[0].effect', steps: ['spec', 'taints', 0, 'effect'] },
  { text: 'metadata.labels["a.b/c"]', steps: ['metadata', 'labels', 'a.b/c'] },
  { text: 'items[12].metadata.name', steps: ['items', 12, 'metadata', 'name'] },
  { text: String.raw`metadata.labels["a.\"b"]`, steps: ['metadata', 'labels', 'a."b'] },
]

t.test('a name in brackets needs no quotes', async t => {
  t.strictSame(stepsOf('metadata.labels[a.b/c]'), ['metadata', 'labels', 'a.b/c'])
})

t.test('a path is taken apart into its steps and put together again', async t => {
  for (const { text, steps } of CASES) {
    t.strictSame(stepsOf(text), steps, text)
    t.equal(pathOf(steps), text, text)
  }
})
