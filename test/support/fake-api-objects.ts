import type { FakeObject } from './fake-api-collection.ts'

/** A Node as small as one can be. */
export const fakeNode = (name: string, labels: Record<string, string> = {}): FakeObject => ({
  metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name, ...labels } },
  spec: {},
  status: {
    nodeInfo: { bootID: `boot-${name}`, containerRuntimeVersion: 'containerd://2.1.9', operatingSystem: 'linux' },
  },
})

/** The report of a node that is in order. */
export const fakeReport = (name: string, tweak: object = {}): FakeObject => ({
  metadata: { name, uid: `report-${name}` },
  spec: {
    nodeUID: `uid-${name}`,
    bootID: `boot-${name}`,
    agent: { podUID: 'agent', version: '0.1.0' },
    runtime: { name: 'containerd', version: '2.1.9', rootUUID: 'root', criError: '' },
    defaultSnapshotter: { name: 'soci', source: 'ImageFsInfo' },
    snapshotters: [
      { name: 'soci', address: '/run/soci.sock', root: '/var/lib/soci', registered: true, responds: true },
      { name: 'overlayfs', address: '', root: '/var/lib/containerd', registered: true, responds: null },
    ],
    runtimeHandlers: [{ name: 'runc', snapshotter: '' }],
    containers: { bySnapshotter: { soci: 12 }, foreign: [] },
    images: { total: 9, foreign: [], stranded: [], recoverable: [], missing: [] },
    sandboxImage: { reference: 'registry.k8s.io/pause:3.10', status: 'InDefault' },
    discardUnpackedLayers: true,
    snapshotAnnotations: true,
    configTrap: '',
    registryAuthentication: 'CRICredentials',
    verified: true,
    sequence: 1,
    renewTime: '2026-11-22T09:59:30Z',
    ...tweak,
  },
})

/** A namespace as PartialObjectMetadata. */
export const fakeNamespace = (name: string, mode?: string): FakeObject => ({
  metadata: { name, labels: mode === undefined ? {} : { 'soci-guard.dev/mode': mode } },
})
