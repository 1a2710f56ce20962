import t from 'tap'
import { formatJsonPath } from '../../src/admission/json-path.ts'

const cases = [
  { name: 'keys', path: ['request', 'uid'], want: 'request.uid' },
  { name: 'indexes', path: ['a', 0, 'b'], want: 'a[0].b' },
  { name: 'an index first', path: [3, 'b'], want: '[3].b' },
  { name: 'a key with a dot', path: ['labels', 'a.b/c'], want: 'labels["a.b/c"]' },
  { name: 'an empty key', path: ['labels', ''], want: 'labels[""]' },
  { name: 'control characters and lone surrogates', path: ['a', '\n\ud800'], want: 'a["\\n\\ud800"]' },
  { name: 'a key of 80 characters', path: ['k'.repeat(80)], want: 'k'.repeat(80) },
  { name: 'a longer key', path: ['k'.repeat(81)], want: `["${'k'.repeat(79)}…"]` },
  { name: 'a long path', path: Array.from({ length: 500 }, () => 'a'), want: `…a${'.a'.repeat(199)}` },
]

t.test('a path is written as Kubernetes writes field paths', async t => {
  for (const { name, path, want } of cases) t.equal(formatJsonPath(path), want, name)
})

t.test('a path that is cut inside a surrogate pair stays well formed', async t => {
  for (const padding of ['', 'x']) {
    const text = formatJsonPath(Array.from({ length: 30 }, () => `${padding}${'\u{1f600}'.repeat(30)}`))
    t.equal(text.length, 400)
    t.ok(text.isWellFormed())
  }
})
