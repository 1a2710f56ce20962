import t from 'tap'
import { findClosestWord } from '../../src/config/closest-word.ts'

const words = ['serve', 'check', 'nodes', 'certs', 'ops-port', 'port', 'In', 'off', 'constructor']

const cases = [
  { name: 'a letter too few', word: 'serv', want: 'serve' },
  { name: 'a letter too many', word: 'nodess', want: 'nodes' },
  { name: 'a wrong letter', word: 'chack', want: 'check' },
  { name: 'two letters swapped', word: 'prot', want: 'port' },
  { name: 'another case', word: 'SERVE', want: 'serve' },
  { name: 'a separator left out', word: 'opsport', want: 'ops-port' },
  { name: 'the nearest of two', word: 'cert', want: 'certs' },
  { name: 'another word', word: 'banana', want: undefined },
  { name: 'half a word', word: 'constr', want: undefined },
  { name: 'a word of two letters', word: 'Is', want: undefined },
  { name: 'nothing', word: '', want: undefined },
]

for (const { name, word, want } of cases) {
  t.test(`${name}: ${word} ${want === undefined ? 'is no known word' : `is most likely ${want}`}`, async t => {
    t.equal(findClosestWord(word, words), want)
  })
}
