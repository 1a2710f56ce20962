import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { createTokenBucket } from '../../../src/controller/nodes/token-bucket.ts'
import { createWorkQueue } from '../../../src/controller/nodes/work-queue.ts'

const takeAll = (queue: ReturnType<typeof createWorkQueue>, nowMs: number): string[] => {
  const names: string[] = []
  for (let due = queue.take(nowMs); due !== undefined; due = queue.take(nowMs)) names.push(due.name)
  return names
}

t.test('what changed last comes first, and every fourth is the one that waits longest', async t => {
  const queue = createWorkQueue()
  for (let at = 0; at < 9; at++) queue.add(`n${at}`, at)
  queue.add('n2', 9)
  t.strictSame(takeAll(queue, 10), ['n2', 'n8', 'n7', 'n0', 'n6', 'n5', 'n4', 'n1', 'n3'])
})

t.test('a stream of changes starves nobody', async t => {
  const queue = createWorkQueue()
  for (let at = 0; at < 100; at++) queue.add(`old${at}`, 0)
  const taken = new Set<string>()
  // Two come for each that is worked on.
  for (let turn = 0; turn < 400; turn++) {
    queue.add(`new${2 * turn}`, turn)
    queue.add(`new${2 * turn + 1}`, turn)
    taken.add(queue.take(turn)?.name ?? '')
  }
  t.equal([...taken].filter(name => name.startsWith('old')).length, 100)
})

t.test('a name is due when it is time, and keeps since when it waits', async t => {
  const queue = createWorkQueue()
  queue.add('n', 100, 400)
  t.equal(queue.take(399), undefined)
  t.equal(queue.dueAtMs(399), 400)
  queue.add('n', 399, 399)
  t.equal(queue.take(399), undefined, 'another change does not make it come sooner')
  t.equal(queue.dueAtMs(400), 0)
  t.strictSame(queue.take(400), { name: 'n', sinceMs: 100 })
  t.equal(queue.dueAtMs(400), Number.POSITIVE_INFINITY)
  queue.putBack({ name: 'n', sinceMs: 100 }, 900)
  t.equal(queue.size, 1)
  t.equal(queue.dueAtMs(400), 900)
  t.strictSame(queue.take(900), { name: 'n', sinceMs: 100 })
  queue.add('n', 1000)
  queue.remove('n')
  t.equal(queue.has('n'), false)
  t.equal(queue.take(2000), undefined)
})

// A queue and the set of names that should be waiting in it.
const createModel = () => {
  const queue = createWorkQueue()
  const waiting = new Set<string>()
  const take = (nowMs: number) => {
    const due = queue.take(nowMs)
    if (due !== undefined) equal(waiting.delete(due.name), true, `${due.name} was not waiting`)
    return due
  }
  const acts = {
    add: (name: string, nowMs: number) => {
      queue.add(name, nowMs)
      waiting.add(name)
    },
    addLater: (name: string, nowMs: number) => {
      queue.add(name, nowMs, nowMs + 35)
      waiting.add(name)
    },
    remove: (name: string) => {
      queue.remove(name)
      waiting.delete(name)
    },
    take: (_name: string, nowMs: number) => void take(nowMs),
    fail: (_name: string, nowMs: number) => {
      const due = take(nowMs)
      if (due === undefined) return
      queue.putBack(due, nowMs + 25)
      waiting.add(due.name)
    },
  }
  return { queue, waiting, acts }
}

const step = fc.record({
  act: fc.constantFrom('add', 'addLater', 'remove', 'take', 'fail'),
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
})

t.test('whatever happens, each name that waits is taken once, and no other', async t => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const { queue, waiting, acts } = createModel()
      steps.forEach(({ act, name }, at) => {
        acts[act](name, at * 10)
        equal(queue.size, waiting.size)
      })
      deepEqual(takeAll(queue, 10_000).sort(), [...waiting].sort())
    }),
  )
  t.pass()
})

t.test('of many changes to few names little is kept', async t => {
  const queue = createWorkQueue()
  for (let at = 0; at < 1_000_000; at++) queue.add(`n${at % 3}`, at)
  t.strictSame(takeAll(queue, 1_000_000).sort(), ['n0', 'n1', 'n2'])
})

t.test('a bucket lets a burst through, and then so many a second', async t => {
  const bucket = createTokenBucket(10, 3)
  t.strictSame(
    [0, 0, 0, 0].map(nowMs => bucket.take(nowMs)),
    [true, true, true, false],
  )
  t.equal(bucket.waitMs(0), 100)
  t.equal(bucket.take(99), false)
  t.equal(bucket.take(100), true)
  t.equal(bucket.waitMs(150), 50)
  t.strictSame(
    [5000, 5000, 5000, 5000].map(nowMs => bucket.take(nowMs)),
    [true, true, true, false],
  )
})
