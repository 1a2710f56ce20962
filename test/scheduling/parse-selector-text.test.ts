import t from 'tap'
import { matchesTextSelector, parseSelectorText } from '../../src/scheduling/parse-selector-text.ts'

const LABELS = { pool: 'gpu', zone: 'a', empty: '', rank: '7', 'example.com/role': 'infer', in: 'in' }

// What apimachinery's labels.Parse(text).Matches(LABELS) says.
const MATCHING: readonly { text: string; want: boolean }[] = [
  { text: '', want: true },
  { text: '  ', want: true },
  { text: 'pool=gpu', want: true },
  { text: 'pool==gpu', want: true },
  { text: 'pool = cpu', want: false },
  { text: 'pool!=gpu', want: false },
  { text: 'pool!=cpu', want: true },
  { text: 'absent!=gpu', want: true },
  { text: 'absent=gpu', want: false },
  { text: 'pool', want: true },
  { text: '!pool', want: false },
  { text: '! absent', want: true },
  { text: 'constructor', want: false },
  { text: 'pool in (cpu, gpu)', want: true },
  { text: 'pool in(cpu)', want: false },
  { text: 'pool notin (cpu,gpu)', want: false },
  { text: 'absent notin (cpu)', want: true },
  { text: 'empty=', want: true },
  { text: 'pool=', want: false },
  { text: 'empty in (x,)', want: true },
  { text: 'rank>6', want: true },
  { text: 'rank > 7', want: false },
  { text: 'rank<8,pool=gpu', want: true },
  { text: 'pool=gpu,zone=b', want: false },
  { text: 'example.com/role in (infer),!absent,zone', want: true },
  { text: 'in in (in)', want: true },
]

for (const { text, want } of MATCHING) {
  t.test(`${JSON.stringify(text)} ${want ? 'selects' : 'does not select'} the labels`, async t => {
    const parsed = parseSelectorText(text)
    t.ok(parsed.ok)
    t.equal(parsed.ok && matchesTextSelector(parsed.value, LABELS), want)
  })
}

const WRONG: readonly { text: string; want: string }[] = [
  { text: 'pool gpu', want: 'expected one of =, ==, !=, in, notin, > and < after pool, found "gpu"' },
  { text: '=gpu', want: 'expected a label key, found "="' },
  { text: 'a=b,', want: 'expected another requirement after the comma, found the end' },
  { text: 'a=b c', want: 'expected a comma, found "c"' },
  { text: '!a=b', want: 'expected a comma, found "="' },
  { text: 'a in b', want: 'expected ( and values after a, found "b"' },
  { text: 'a in (b', want: 'expected a comma or ), found the end' },
  { text: 'a=(', want: 'expected a value, found "("' },
  { text: 'rank>much', want: 'rank > much is no requirement on a label' },
  { text: '/a=b', want: '/a = b is no requirement on a label' },
]

for (const { text, want } of WRONG) {
  t.test(`${text} is refused`, async t => {
    t.strictSame(parseSelectorText(text), { ok: false, problems: [{ path: '', message: want }] })
  })
}
