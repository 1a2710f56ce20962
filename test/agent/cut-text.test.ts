import t from 'tap'
import { cutText } from '../../src/agent/cut-text.ts'

const TEXTS = [
  { name: 'a short one stays', text: 'abc', maxLength: 5, want: 'abc' },
  { name: 'one that fits exactly stays', text: 'abcde', maxLength: 5, want: 'abcde' },
  { name: 'a longer one ends with an ellipsis, within the length', text: 'abcdef', maxLength: 5, want: 'abcd…' },
  { name: 'nothing stays nothing', text: '', maxLength: 5, want: '' },
  { name: 'half a character becomes the sign for one', text: 'abc🙂def', maxLength: 5, want: 'abc\uFFFD…' },
]

for (const { name, text, maxLength, want } of TEXTS)
  t.test(name, async t => {
    const found = cutText(text, maxLength)
    t.equal(found, want)
    t.ok(found.length <= maxLength && found.isWellFormed())
  })
