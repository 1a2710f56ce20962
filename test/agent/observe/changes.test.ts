import t from 'tap'
import { createChangeList } from '../../../src/agent/observe/changes.ts'

const CHAIN_ID = 'sha256:1'

const TOPICS = [
  { topic: '/images/create', subject: 'a:1', want: 'images' },
  { topic: '/images/update', subject: 'a:1', want: 'images' },
  { topic: '/images/delete', subject: 'a:1', want: 'images' },
  { topic: '/containers/create', subject: 'c1', want: 'containers' },
  { topic: '/containers/update', subject: 'c1', want: 'containers' },
  { topic: '/containers/delete', subject: 'c1', want: 'containers' },
  { topic: '/snapshot/remove', subject: CHAIN_ID, want: 'snapshots' },
  { topic: '/content/delete', subject: CHAIN_ID, want: 'blobs' },
  { topic: '/snapshot/remove', subject: '4f0c', want: null },
  { topic: '/snapshot/prepare', subject: CHAIN_ID, want: null },
  { topic: '/snapshot/commit', subject: CHAIN_ID, want: null },
  { topic: '/content/create', subject: CHAIN_ID, want: null },
  { topic: '/tasks/start', subject: 'c1', want: null },
  { topic: '/tasks/exit', subject: 'c1', want: null },
  { topic: '/namespaces/create', subject: 'n', want: null },
  { topic: '/snapshot/remove/more', subject: CHAIN_ID, want: null },
  { topic: '/other/images/create', subject: 'a:1', want: null },
  { topic: '', subject: '', want: null },
] as const

t.test('what an event names is collected, and not the noise of a pull or of a container', async t => {
  for (const { topic, subject, want } of TOPICS) {
    const changes = createChangeList()
    t.equal(changes.add({ topic, subject }), want !== null, `${topic} ${subject}`)
    const taken = Object.entries(changes.take() ?? {}).flatMap(([kind, set]) => [...set].map(name => [kind, name]))
    t.strictSame(taken, want === null ? [] : [[want, subject]])
  }
})

t.test('what was taken is forgotten', async t => {
  const changes = createChangeList()
  changes.add({ topic: '/images/create', subject: 'a:1' })
  t.equal(changes.take()?.images.size, 1)
  t.equal(changes.take()?.images.size, 0)
})

t.test(
  'everything is to be read when that was asked for, when there is too much, or when an event names nothing',
  async t => {
    const table = [
      { name: 'asked for', fill: (list: ReturnType<typeof createChangeList>) => list.addEverything() },
      {
        name: 'too much',
        fill: (list: ReturnType<typeof createChangeList>) => {
          for (let i = 0; i < 65; i++) list.add({ topic: '/containers/create', subject: `c${i}` })
        },
      },
      {
        name: 'nothing named',
        fill: (list: ReturnType<typeof createChangeList>) => {
          list.add({ topic: '/snapshot/remove', subject: '' })
        },
      },
    ]
    for (const { name, fill } of table) {
      const changes = createChangeList()
      fill(changes)
      t.equal(changes.take(), null, name)
      t.not(changes.take(), null, `${name}, once`)
    }
  },
)
