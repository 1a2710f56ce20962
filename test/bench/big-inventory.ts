import { writeFileSync } from 'node:fs'

const ZONES = ['a', 'b', 'c']
const TYPES = ['m7i.large', 'm7i.2xlarge', 'c7g.4xlarge', 'g6.12xlarge', 'p5.48xlarge']

const uidOf = (at: number): string => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`

/** The name of the node at a place of the inventory. */
export const nodeName = (at: number): string => `ip-10-${at >> 16}-${(at >> 8) & 255}-${at & 255}.ec2.internal`

/** One Node as a cloud's kubelet registers it, with the labels and taints that scheduling reads. */
export const benchNode = (at: number): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: nodeName(at),
    uid: uidOf(at),
    creationTimestamp: '2026-11-22T08:00:00Z',
    labels: {
      'kubernetes.io/hostname': nodeName(at),
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': at % 5 === 2 ? 'arm64' : 'amd64',
      'node.kubernetes.io/instance-type': TYPES[at % TYPES.length],
      'topology.kubernetes.io/region': 'eu-central-1',
      'topology.kubernetes.io/zone': `eu-central-1${ZONES[at % ZONES.length]}`,
      'karpenter.sh/nodepool': `pool-${at % 40}`,
      'karpenter.sh/capacity-type': at % 3 === 0 ? 'spot' : 'on-demand',
      'example.com/generation': String(at % 9),
    },
  },
  spec: {
    taints: at % 5 === 4 ? [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] : [],
    ...(at % 100 === 0 ? { unschedulable: true } : {}),
  },
  status: {
    nodeInfo: {
      bootID: `boot-${at}`,
      containerRuntimeVersion: 'containerd://2.1.9',
      operatingSystem: 'linux',
    },
  },
})

/** The report of that node: every hundredth node is mixed, the others are ready. */
export const benchReport = (at: number): Record<string, unknown> => ({
  apiVersion: 'soci-guard.dev/v1alpha1',
  kind: 'NodeSnapshotter',
  metadata: { name: nodeName(at) },
  spec: {
    nodeUID: uidOf(at),
    bootID: `boot-${at}`,
    bootTime: '2026-11-22T08:00:00Z',
    agent: { podUID: uidOf(at), version: '0.1.0' },
    runtime: {
      name: 'containerd',
      version: '2.1.9',
      rootUUID: uidOf(at),
      session: { pid: 812, startTime: '2026-11-22T08:00:09Z' },
      criError: '',
    },
    defaultSnapshotter: { name: 'soci', source: 'ImageFsInfo' },
    snapshotters: [
      {
        name: 'soci',
        address: '/run/soci-snapshotter-grpc/soci-snapshotter-grpc.sock',
        root: '/var/lib/soci-snapshotter-grpc',
        registered: true,
        responds: true,
      },
    ],
    runtimeHandlers: [{ name: 'runc', snapshotter: '' }],
    containers: {
      bySnapshotter: { soci: 12 },
      foreign:
        at % 100 === 7
          ? [{ id: 'c1', name: 'web', kind: 'container', snapshotter: 'overlayfs', createdAt: '2026-11-22T08:30:00Z' }]
          : [],
    },
    images: { total: 9, foreign: [], stranded: [], recoverable: [], missing: [] },
    sandboxImage: { reference: 'registry.k8s.io/pause:3.10', status: 'InDefault' },
    discardUnpackedLayers: true,
    snapshotAnnotations: true,
    configTrap: '',
    registryAuthentication: 'CRICredentials',
    verified: true,
    sequence: 42,
    renewTime: '2026-11-22T09:59:30Z',
  },
})

/** A place whose node is ready, and one whose node is mixed. */
export const READY_PLACE = 5
export const MIXED_PLACE = 107

/** Writes an inventory of that many nodes and reports as one JSON List. */
export const writeBigInventory = (path: string, count: number): void => {
  const items = Array.from({ length: count }, (_, at) => [
    JSON.stringify(benchNode(at)),
    JSON.stringify(benchReport(at)),
  ]).flat()
  writeFileSync(path, `{"apiVersion":"v1","kind":"List","items":[${items.join(',\n')}]}`)
}
