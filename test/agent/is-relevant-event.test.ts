import t from 'tap'
import { isRelevantEvent } from '../../src/agent/is-relevant-event.ts'

const TOPICS = [
  { topic: '/images/create', want: true },
  { topic: '/images/update', want: true },
  { topic: '/images/delete', want: true },
  { topic: '/containers/create', want: true },
  { topic: '/containers/update', want: true },
  { topic: '/containers/delete', want: true },
  { topic: '/snapshot/remove', want: true },
  { topic: '/content/delete', want: true },
  { topic: '/snapshot/prepare', want: false },
  { topic: '/snapshot/commit', want: false },
  { topic: '/content/create', want: false },
  { topic: '/tasks/start', want: false },
  { topic: '/tasks/exit', want: false },
  { topic: '/namespaces/create', want: false },
  { topic: '/snapshot/remove/more', want: false },
  { topic: '/other/images/create', want: false },
  { topic: '', want: false },
]

t.test('a sweep follows what may change a report, and not the noise of a pull', async t => {
  for (const { topic, want } of TOPICS) t.equal(isRelevantEvent(topic), want, topic || 'no topic')
})
