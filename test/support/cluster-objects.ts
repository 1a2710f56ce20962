import type { ServedObject } from './listing-api-server.ts'

/** Where objects are kept. */
export const NODES = '/api/v1/nodes'
export const REPORTS = '/apis/soci-guard.dev/v1alpha1/nodesnapshotters'
export const PODS = '/api/v1/pods'

/** A Node with containerd, as the API server gives it. */
export const nodeObject = (name: string, labels: Record<string, string> = {}, version = '1'): ServedObject => ({
  metadata: { name, uid: `uid-${name}`, labels, resourceVersion: version, creationTimestamp: '2026-11-22T08:00:00Z' },
  status: {
    nodeInfo: { bootID: `boot-${name}`, containerRuntimeVersion: 'containerd://2.1.9', operatingSystem: 'linux' },
  },
})

/** What the agent reports of a node; in order but for the change. */
export const reportObject = (name: string, change: Record<string, unknown> = {}, version = '1'): ServedObject => ({
  apiVersion: 'soci-guard.dev/v1alpha1',
  kind: 'NodeSnapshotter',
  metadata: { name, resourceVersion: version },
  spec: {
    nodeUID: `uid-${name}`,
    bootID: `boot-${name}`,
    runtime: { name: 'containerd', version: '2.1.9', criError: '' },
    defaultSnapshotter: { name: 'soci', source: 'ImageFsInfo' },
    snapshotters: [{ name: 'soci', address: '/run/soci.sock', root: '', registered: true, responds: true }],
    runtimeHandlers: [{ name: 'runc', snapshotter: '' }],
    containers: { bySnapshotter: { soci: 3 }, foreign: [] },
    images: { total: 3, foreign: [], stranded: [], recoverable: [], missing: [] },
    sandboxImage: { reference: 'registry.k8s.io/pause:3.10', status: 'InDefault' },
    snapshotAnnotations: true,
    registryAuthentication: 'CRICredentials',
    verified: true,
    sequence: Number(version),
    ...change,
  },
})

/** A report of a node whose default is another. */
export const OVERLAYFS: Record<string, unknown> = {
  defaultSnapshotter: { name: 'overlayfs', source: 'ImageFsInfo' },
  containers: { bySnapshotter: { overlayfs: 3 }, foreign: [] },
}

/** A running pod on a node. */
export const podObject = (
  namespace: string,
  name: string,
  nodeName: string,
  { owner, labels = {}, phase = 'Running', annotations = {}, runtimeClassName }: PodTraits = {},
): ServedObject => ({
  metadata: {
    ...{ name, namespace, labels, annotations },
    ...(owner === undefined ? {} : { ownerReferences: [{ ...owner, uid: 'u', controller: true }] }),
  },
  spec: { nodeName, ...(runtimeClassName === undefined ? {} : { runtimeClassName }) },
  status: { phase },
})

/** What differs between pods. */
export interface PodTraits {
  readonly owner?: { readonly apiVersion: string; readonly kind: string; readonly name: string }
  readonly labels?: Record<string, string>
  readonly phase?: string
  readonly annotations?: Record<string, string>
  readonly runtimeClassName?: string
}
