import t from 'tap'
import type { PodFacts } from '../../src/admission/cluster-view.ts'
import { lookUpPod, podDeadlineMs, type ReadPod } from '../../src/server/pod-deadline.ts'

const NEEDS = { kind: 'needsPod', namespace: 'default', name: 'web-1', uid: 'pod-uid' } as const

const POD: PodFacts = { uid: 'pod-uid', labels: {}, annotations: {}, runtimeClassName: '' }

const deadlines = [
  { name: 'a tenth of ten seconds is kept for the way back', timeoutMs: 10_000, spentMs: 0, want: 9000 },
  { name: 'at least 50 ms are kept', timeoutMs: 300, spentMs: 0, want: 250 },
  { name: 'what was spent before is gone', timeoutMs: 1000, spentMs: 400, want: 500 },
  { name: 'there is never less than no time', timeoutMs: 40, spentMs: 0, want: 0 },
]

for (const { name, timeoutMs, spentMs, want } of deadlines) {
  t.test(name, async t => {
    t.equal(podDeadlineMs(timeoutMs, spentMs), want)
  })
}

t.test('a pod that is there is found by namespace and name', async t => {
  const asked: string[][] = []
  const readPod: ReadPod = async (namespace, name) => {
    asked.push([namespace, name])
    return POD
  }
  t.strictSame(await lookUpPod(readPod, NEEDS, 1000), { found: POD })
  t.strictSame(asked, [['default', 'web-1']])
})

t.test('a pod that is not there is missing', async t => {
  t.strictSame(await lookUpPod(async () => undefined, NEEDS, 1000), { missing: true })
})

t.test('a pod that could not be read is an error, thrown or rejected', async t => {
  const rejects: ReadPod = () => Promise.reject(new Error('connection refused'))
  const throws: ReadPod = () => {
    throw new Error('no such thing')
  }
  t.strictSame(await lookUpPod(rejects, NEEDS, 1000), { error: 'connection refused' })
  t.strictSame(await lookUpPod(throws, NEEDS, 1000), { error: 'no such thing' })
})

t.test('after the deadline nobody waits, and the reader is told to stop', async t => {
  let signal: AbortSignal | undefined
  const readPod: ReadPod = (_namespace, _name, given) => {
    signal = given
    return new Promise(() => {})
  }
  t.strictSame(await lookUpPod(readPod, NEEDS, 10), {
    error: 'there was no answer within 10 ms, and the API server waits no longer',
  })
  t.equal(signal?.aborted, true)
})
