import t from 'tap'
import { findingsOf } from '../../../src/controller/audit/audit-finding.ts'
import { eventName, eventObject, eventsPath } from '../../../src/controller/audit/event-object.ts'
import { deployment, rowOf } from './scan-rows.ts'

const uidOf = (node: string): string => `uid-${node}`
const MESSAGE = 'node bad is Mixed (ImagesStranded): replace the node'

t.test('one finding for each node and one for each workload, whatever the number of pods', async t => {
  const rows = [
    rowOf({ count: 3 }),
    rowOf({ owner: deployment('api'), count: 1 }),
    rowOf({ node: 'worse', count: 2, state: 'Broken', reason: 'RuntimeUnavailable', message: 'node worse is Broken' }),
  ]
  t.strictSame(
    findingsOf(rows, uidOf).map(({ regarding, codes, note }) => [`${regarding.kind}/${regarding.name}`, codes, note]),
    [
      ['Node/bad', 'Mixed:ImagesStranded', `4 pods of 2 workloads should not run here: ${MESSAGE}`],
      ['Node/worse', 'Broken:RuntimeUnavailable', '2 pods of 1 workload should not run here: node worse is Broken'],
      [
        'Deployment/web',
        'Broken:RuntimeUnavailable,Mixed:ImagesStranded',
        `5 of its pods run on bad, worse and should not: ${MESSAGE}`,
      ],
      ['Deployment/api', 'Mixed:ImagesStranded', `1 of its pods runs on bad and should not: ${MESSAGE}`],
    ],
  )
})

t.test('a pod on its own is its own workload, and many nodes are counted', async t => {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'alone', uid: 'u' }
  const [, alone] = findingsOf([rowOf({ owner })], uidOf)
  t.equal(alone?.note, `it runs on bad and should not: ${MESSAGE}`)
  const rows = ['a', 'b', 'c', 'd', 'e'].map(node => rowOf({ node }))
  t.equal(
    findingsOf(rows, uidOf).at(-1)?.note,
    `5 of its pods run on a, b, c and 2 more nodes and should not: ${MESSAGE}`,
  )
})

t.test('a note is one line that an Event takes', async t => {
  const [node] = findingsOf([rowOf({ message: `${'ä'.repeat(600)}\u0000\n` })], uidOf)
  t.ok(Buffer.byteLength(node?.note ?? '') <= 1024)
  t.match(node?.note, /…$/)
})

t.test('an Event names what it is about, by UID too, so that kubectl describe shows it', async t => {
  const [node, workload] = findingsOf([rowOf()], uidOf)
  t.ok(node && workload)
  if (!node || !workload) return
  t.equal(eventsPath(node), '/apis/events.k8s.io/v1/namespaces/default/events')
  t.equal(eventsPath(workload), '/apis/events.k8s.io/v1/namespaces/shop/events')
  t.match(eventObject(node, 0, 'controller-1'), {
    metadata: { namespace: 'default', name: /^bad\.[0-9a-f]{16}$/ },
    eventTime: '1970-01-01T00:00:00.000000Z',
    reportingController: 'soci-guard.dev/controller',
    reportingInstance: 'controller-1',
    type: 'Warning',
    reason: 'PodsOnViolatingNode',
    action: 'Audit',
    regarding: { apiVersion: 'v1', kind: 'Node', name: 'bad', uid: 'uid-bad' },
  })
  t.strictSame((eventObject(workload, 0, 'x') as { regarding: object }).regarding, {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web' },
    namespace: 'shop',
  })
})

t.test(
  'the same finding has the same name, another state another one, and every name is one for Kubernetes',
  async t => {
    const nameOf = (differing: Parameters<typeof rowOf>[0]): string => {
      const [finding] = findingsOf([rowOf(differing)], uidOf)
      return finding ? eventName(finding) : ''
    }
    t.equal(nameOf({ count: 1 }), nameOf({ count: 7, message: 'in other words' }))
    t.not(nameOf({}), nameOf({ state: 'Broken', reason: 'RuntimeUnavailable' }))
    t.not(nameOf({}), nameOf({ node: 'bad2' }))
    for (const node of ['a'.repeat(253), 'ip-10-0-0-1.eu.internal', `${'a'.repeat(199)}.b`, '…', 'A:b']) {
      const name = nameOf({ node })
      t.match(name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
      t.ok(name.length <= 253)
    }
  },
)
