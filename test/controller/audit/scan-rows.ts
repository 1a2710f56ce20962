import type { ScanRow } from '../../../src/scan/pod-tally.ts'

/** One pod of Deployment shop/web on the node bad, refused because the node is Mixed; but for what is given. */
export const rowOf = (differing: Partial<ScanRow> = {}): ScanRow => ({
  node: 'bad',
  namespace: 'shop',
  owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web' },
  count: 1,
  pods: ['web-1'],
  state: 'Mixed',
  reason: 'ImagesStranded',
  decision: 'deny',
  message: 'node bad is Mixed (ImagesStranded): replace the node',
  ...differing,
})

/** The Deployment of that name. */
export const deployment = (name: string): ScanRow['owner'] => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name,
  uid: `uid-${name}`,
})
