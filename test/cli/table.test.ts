import t from 'tap'
import { createPalette } from '../../src/cli/palette.ts'
import { formatTable } from '../../src/cli/table.ts'
import { wrapText } from '../../src/cli/wrap-text.ts'

const output = (isTTY: boolean) => ({ isTTY, write: () => true })

t.test('columns are as wide as their widest cell, and lines end without spaces', async t => {
  t.equal(
    formatTable(
      ['NAME', 'STATE', 'AGE'],
      [
        ['a-long-name', 'Ready', ''],
        ['b', 'Mixed', '2d'],
      ],
    ),
    'NAME          STATE   AGE\na-long-name   Ready\nb             Mixed   2d\n',
  )
  t.equal(formatTable(['NAME'], []), 'NAME\n')
})

t.test('colours take no room in a table', async t => {
  const { good } = createPalette(output(true), {}, undefined)
  t.equal(
    formatTable(
      ['A', 'B'],
      [
        [good('x'), 'y'],
        ['long', 'z'],
      ],
    ),
    `A      B\n${good('x')}      y\nlong   z\n`,
  )
})

const COLOURS: readonly {
  name: string
  isTTY: boolean
  env: Record<string, string>
  flag: boolean | undefined
  want: boolean
}[] = [
  { name: 'a terminal', isTTY: true, env: {}, flag: undefined, want: true },
  { name: 'a pipe', isTTY: false, env: {}, flag: undefined, want: false },
  { name: 'a terminal with --no-color', isTTY: true, env: {}, flag: false, want: false },
  { name: 'a pipe with --color', isTTY: false, env: {}, flag: true, want: true },
  { name: 'a terminal where NO_COLOR is set', isTTY: true, env: { NO_COLOR: '1' }, flag: undefined, want: false },
  {
    name: 'a terminal where NO_COLOR is set but empty',
    isTTY: true,
    env: { NO_COLOR: '' },
    flag: undefined,
    want: true,
  },
  { name: 'a pipe with --color where NO_COLOR is set', isTTY: false, env: { NO_COLOR: '1' }, flag: true, want: false },
  { name: 'a terminal that knows no colours', isTTY: true, env: { TERM: 'dumb' }, flag: undefined, want: false },
]

t.test('colours are for', async t => {
  for (const { name, isTTY, env, flag, want } of COLOURS) {
    t.equal(createPalette(output(isTTY), env, flag).bad('x') !== 'x', want, name)
  }
})

t.test('text is broken between words, and a word that is too long is left whole', async t => {
  t.strictSame(wrapText('one two three', 7), ['one two', 'three'])
  t.strictSame(wrapText('a-very-long-word b', 5), ['a-very-long-word', 'b'])
  t.strictSame(wrapText('', 5), [''])
})
