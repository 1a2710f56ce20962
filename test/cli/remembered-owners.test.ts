import t from 'tap'
import type { ReadController } from '../../src/cli/owner-lookup.ts'
import { createRememberedOwners } from '../../src/cli/remembered-owners.ts'
import type { Owner } from '../../src/scan/owner.ts'

const replicaSet = (name: string, uid = 'u'): Owner => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid })

const remembering = (limits: { maxLookUps: number; maxRemembered: number }, answer: 'unknown' | null = null) => {
  const asked: string[] = []
  const read: ReadController = async (_namespace, { name }) => {
    asked.push(name)
    return answer
  }
  return { ...createRememberedOwners(read, limits), asked }
}

t.test('each is asked for once, and again when it was made anew', async t => {
  const { read, asked } = remembering({ maxLookUps: 10, maxRemembered: 10 })
  for (const uid of ['one', 'one', 'two']) t.equal(await read('shop', replicaSet('web', uid)), null)
  t.strictSame(asked, ['web', 'web'])
})

t.test('no more are asked for in one look than may be; the rest in the next', async t => {
  const { read, asked, beginLook } = remembering({ maxLookUps: 2, maxRemembered: 10 })
  const all = async () => Promise.all(['a', 'b', 'c'].map(name => read('shop', replicaSet(name))))
  t.strictSame(await all(), [null, null, 'unknown'])
  beginLook()
  t.strictSame(await all(), [null, null, null])
  t.strictSame(asked, ['a', 'b', 'c'])
})

t.test('what may not be read is asked for again, and what is too much is forgotten', async t => {
  const forbidden = remembering({ maxLookUps: 10, maxRemembered: 10 }, 'unknown')
  for (const _time of [1, 2]) t.equal(await forbidden.read('shop', replicaSet('web')), 'unknown')
  t.equal(forbidden.asked.length, 2)
  const { read, asked, beginLook } = remembering({ maxLookUps: 10, maxRemembered: 1 })
  for (const name of ['a', 'b']) await read('shop', replicaSet(name))
  beginLook()
  await read('shop', replicaSet('a'))
  t.strictSame(asked, ['a', 'b', 'a'])
})
