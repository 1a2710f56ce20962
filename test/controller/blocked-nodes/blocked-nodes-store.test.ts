import t from 'tap'
import { createBlockedNodesStore } from '../../../src/controller/blocked-nodes/blocked-nodes-store.ts'
import type { ApiRequestOptions } from '../../../src/inventory/cluster/api-connection.ts'

const start = (answer: unknown) => {
  const asked: { path: string; options: ApiRequestOptions }[] = []
  const connection = {
    readJson: async (path: string, options: ApiRequestOptions = {}) => {
      asked.push({ path, options })
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  return { store: createBlockedNodesStore(connection, new AbortController().signal), asked }
}

const COLLECTION = '/apis/soci-guard.dev/v1alpha1/blockednodes'
const LIST = {
  items: [
    { metadata: { name: 'soci-guard-0', resourceVersion: '7' }, blocked: { 'Mixed: ImagesStranded': ' n1 n2 ' } },
    { metadata: { name: 'soci-guard-1', resourceVersion: '8' } },
    { metadata: { name: 'by-hand', resourceVersion: '9' }, blocked: { 'Broken: ByHand': ' n3 ' } },
  ],
}

t.test('entries and versions are read of our objects, and of no others', async t => {
  const { store, asked } = start(LIST)
  t.strictSame(
    [...(await store.readEntries())],
    [
      [
        'soci-guard-0',
        new Map([
          ['n1', 'Mixed: ImagesStranded'],
          ['n2', 'Mixed: ImagesStranded'],
        ]),
      ],
      ['soci-guard-1', new Map()],
    ],
  )
  t.strictSame(
    [...(await store.readVersions())],
    [
      ['soci-guard-0', '7'],
      ['soci-guard-1', '8'],
    ],
  )
  t.match(asked, [
    { path: COLLECTION, options: { deadlineMs: 10_000 } },
    { path: COLLECTION, options: { accept: /as=PartialObjectMetadataList/ } },
  ])
})

t.test('an object is applied as ours, whoever wrote it before, and only its metadata comes back', async t => {
  const { store, asked } = start({ metadata: { resourceVersion: '12' } })
  t.equal(await store.apply('soci-guard-0', '{}'), '12')
  t.match(asked, [
    {
      path: `${COLLECTION}/soci-guard-0?fieldManager=soci-guard-controller&force=true`,
      options: {
        method: 'PATCH',
        contentType: 'application/apply-patch+yaml',
        accept: /as=PartialObjectMetadata/,
        body: '{}',
        deadlineMs: 10_000,
      },
    },
  ])
})

t.test('an object that is gone is as good as deleted, and any other refusal is not', async t => {
  const gone = start(Object.assign(new Error('not found'), { statusCode: 404 }))
  await gone.store.remove('soci-guard-1')
  t.match(gone.asked, [{ path: `${COLLECTION}/soci-guard-1`, options: { method: 'DELETE' } }])
  const forbidden = start(Object.assign(new Error('forbidden'), { statusCode: 403 }))
  await t.rejects(forbidden.store.remove('soci-guard-1'), { message: 'forbidden' })
})
