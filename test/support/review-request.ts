import type { ReviewRequest } from '../../src/admission/review-request.ts'

/** A request of an ordinary user in namespace default, about nothing in particular. */
export const requestOf = (tweak: Partial<ReviewRequest>): ReviewRequest => ({
  uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
  operation: 'CREATE',
  resource: { group: '', version: 'v1', resource: 'pods' },
  subResource: '',
  kind: { group: '', version: 'v1', kind: 'Pod' },
  name: 'web-1',
  namespace: 'default',
  dryRun: false,
  user: { username: 'alice', groups: ['system:authenticated'] },
  object: null,
  oldObject: null,
  ...tweak,
})

/** What kube-scheduler sends to bind pod web-1, uid pod-uid. */
export const bindingTo = (node: string, tweak: Partial<ReviewRequest> = {}): ReviewRequest =>
  requestOf({
    subResource: 'binding',
    kind: { group: '', version: 'v1', kind: 'Binding' },
    user: { username: 'system:kube-scheduler', groups: ['system:authenticated'] },
    object: {
      metadata: { name: 'web-1', namespace: 'default', uid: 'pod-uid' },
      target: { kind: 'Node', name: node },
    },
    ...tweak,
  })

/** CREATE of a pod with this spec, and metadata where it matters. */
export const createdPod = (spec: object, metadata: object = {}, tweak: Partial<ReviewRequest> = {}): ReviewRequest =>
  requestOf({ object: { metadata: { name: 'web-1', ...metadata }, spec }, ...tweak })

/** The affinity that the DaemonSet controller writes. */
export const pinTo = (node: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
  },
})
