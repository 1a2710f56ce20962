import t from 'tap'
import { createVerdictFeed } from '../../src/controller/verdict-feed.ts'
import { verdictOf } from './verdicts.ts'

t.test('a listener hears of each node whose verdict shows a change, and of those that go', async t => {
  const { feed, take } = createVerdictFeed()
  const heard: string[] = []
  const all: string[] = []
  feed.subscribe(name => heard.push(`${name} ${feed.verdictOf(name)?.state ?? 'gone'}`))
  feed.subscribeAll(name => all.push(name))
  take('node1', verdictOf({ state: 'Ready' }))
  take('node1', verdictOf({ state: 'Ready' }))
  take('node1', verdictOf({ state: 'Mixed', reason: 'ImagesStranded' }))
  take('node1', undefined)
  take('node1', undefined)
  t.strictSame(heard, ['node1 Ready', 'node1 Mixed', 'node1 gone'])
  t.strictSame(all, ['node1', 'node1', 'node1', 'node1', 'node1'])
})

const CHANGES = {
  state: { state: 'Mixed' },
  reason: { reason: 'ImagesStranded' },
  message: { message: 'another' },
  mode: { mode: 'warn' },
  pool: { pool: 'gpu' },
  evidence: { evidence: 'label' },
  expectedSnapshotter: { expectedSnapshotter: 'stargz' },
  defaultSnapshotter: { defaultSnapshotter: 'overlayfs' },
  advisories: { advisories: ['EvidenceHeld'] },
} as const

for (const [field, change] of Object.entries(CHANGES)) {
  t.test(`another ${field} is a change`, async t => {
    const { feed, take } = createVerdictFeed()
    take('node1', verdictOf({}))
    const heard: string[] = []
    feed.subscribe(name => heard.push(name))
    take('node1', verdictOf(change))
    t.strictSame(heard, ['node1'])
  })
}

t.test('a subscription ends by itself, and the feed knows every node', async t => {
  const { feed, take } = createVerdictFeed()
  const heard: string[] = []
  const listener = (name: string): void => void heard.push(name)
  const end = feed.subscribe(listener)
  feed.subscribe(listener)
  end()
  take('node1', verdictOf({}))
  take('node2', verdictOf({}))
  t.strictSame(heard, ['node1', 'node2'])
  t.strictSame([...feed.names()], ['node1', 'node2'])
  t.equal(feed.size, 2)
  t.equal(feed.verdictOf('node3'), undefined)
})
