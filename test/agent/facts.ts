import type { AgentIdentity } from '../../src/agent/agent-identity.ts'
import type { ObservedFacts } from '../../src/agent/observed-facts.ts'

/** The facts of a node that is in order. */
export const GOOD_FACTS: ObservedFacts = {
  runtime: {
    name: 'containerd',
    version: '2.1.9',
    rootUUID: 'root-1',
    session: { pid: 812, startTime: '2026-11-22T08:00:09Z' },
    criError: '',
  },
  defaultSnapshotter: { name: 'soci', source: 'ImageFsInfo' },
  snapshotters: [
    { name: 'soci', address: '/run/soci.sock', root: '/var/lib/soci', registered: true, responds: true },
    { name: 'overlayfs', address: '', root: '/var/lib/containerd/overlayfs', registered: true, responds: null },
  ],
  runtimeHandlers: [{ name: 'runc', snapshotter: '' }],
  containers: { bySnapshotter: { soci: 12 }, foreign: [] },
  images: { total: 9, foreign: [], stranded: [], recoverable: [], missing: [] },
  sandboxImage: { reference: 'registry.k8s.io/pause:3.10', status: 'InDefault' },
  discardUnpackedLayers: true,
  snapshotAnnotations: true,
  configTrap: '',
  registryAuthentication: 'CRICredentials',
}

/** The same node with a container of this boot in another snapshotter. */
export const MIXED_FACTS: ObservedFacts = {
  ...GOOD_FACTS,
  containers: {
    bySnapshotter: { soci: 11, overlayfs: 1 },
    foreign: [
      { id: 'c1', name: 'kube-proxy', kind: 'container', snapshotter: 'overlayfs', createdAt: '2026-11-22T08:00:20Z' },
    ],
  },
}

/** The same facts from another root folder of containerd. */
export const ofRoot = (facts: ObservedFacts, rootUUID: string): ObservedFacts => ({
  ...facts,
  runtime: { ...facts.runtime, rootUUID },
})

/** The agent of node1 in its first boot. */
export const IDENTITY: AgentIdentity = {
  nodeName: 'node1',
  podUID: 'pod-1',
  version: '0.1.0',
  expectedSnapshotter: 'soci',
  bootID: 'boot-1',
  bootTime: '2026-11-22T08:00:00Z',
}
