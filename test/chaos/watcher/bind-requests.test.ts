import { join } from 'node:path'
import t from 'tap'
import { readPlaceRequests } from './bind-requests.ts'

const line = (change: object = {}, objectRef: object = {}) =>
  JSON.stringify({
    kind: 'Event',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/default/pods/p/binding',
    verb: 'create',
    objectRef: {
      resource: 'pods',
      namespace: 'default',
      name: 'p',
      apiVersion: 'v1',
      subresource: 'binding',
      ...objectRef,
    },
    responseStatus: { metadata: {}, code: 201 },
    requestReceivedTimestamp: '2026-11-22T18:00:00.250000Z',
    stageTimestamp: '2026-11-22T18:00:00.500000Z',
    ...change,
  })

t.test('binds and creations are read from all parts of the log, and nothing else', async t => {
  const folder = t.testdir({
    'audit-2026-11-22T18-00-01.000.log': `${line()}\n`,
    'audit.log': [
      line({ responseStatus: { code: 403, message: 'no' } }, { name: 'q' }),
      line({ requestURI: '/api/v1/namespaces/default/pods/p/binding?dryRun=All' }, { name: 'dry' }),
      line({}, { name: 'created', subresource: undefined }),
      line({}, { name: 'other', subresource: 'eviction' }),
      line({ verb: 'delete' }, { name: 'deleted' }),
      line({}, { name: 'cut' }).slice(0, -20),
    ].join('\n'),
    'kube-apiserver.log': line({}, { name: 'not a part' }),
  })
  const requests = await readPlaceRequests(join(folder, 'audit.log'))
  const receivedMs = Date.parse('2026-11-22T18:00:00.250Z')
  const request = { receivedMs, answeredMs: receivedMs + 250, code: 201, message: '' }
  t.strictSame(
    requests.toSorted((a, b) => a.pod.localeCompare(b.pod)),
    [
      { ...request, pod: 'default/created' },
      { ...request, pod: 'default/p' },
      { ...request, pod: 'default/q', code: 403, message: 'no' },
    ],
  )
})
