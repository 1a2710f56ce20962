import type { Api } from './api.ts'
import { inParallel } from './in-parallel.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { bootIdOf, nodePath } from './nodes.ts'

/** Fields of a report's spec that differ from a healthy node's. */
export type ReportChange = Record<string, unknown>

/** The path of the reports' collection. */
export const REPORTS = '/apis/soci-guard.dev/v1alpha1/nodesnapshotters'

/** What the agent would write about a node, by the state that the guard makes of it. */
export const REPORT_CHANGES = {
  Ready: {},
  NotDefault: {
    defaultSnapshotter: { name: 'overlayfs', source: 'ImageFsInfo' },
    containers: { bySnapshotter: { overlayfs: 12 }, foreign: [] },
  },
  Mixed: {
    containers: {
      bySnapshotter: { soci: 11, overlayfs: 1 },
      foreign: [
        {
          id: 'c1',
          name: 'kube-proxy',
          kind: 'container',
          snapshotter: 'overlayfs',
          createdAt: '2026-11-22T08:00:20Z',
        },
      ],
    },
  },
  Broken: {
    snapshotters: [
      {
        name: 'soci',
        address: '/run/soci-snapshotter-grpc/soci-snapshotter-grpc.sock',
        root: '/var/lib/soci-snapshotter-grpc',
        registered: true,
        responds: false,
      },
    ],
  },
  Unverified: { verified: false },
} as const satisfies Record<string, ReportChange>

let sequence = 0

/** A NodeSnapshotter object about a Node; healthy except for the change. The sequence grows with every call. */
export function reportObject(
  node: { name: string; uid: string; bootID: string },
  change: ReportChange = {},
): KubernetesObject {
  const owner = { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid }
  return {
    apiVersion: 'soci-guard.dev/v1alpha1',
    kind: 'NodeSnapshotter',
    metadata: { name: node.name, ownerReferences: [owner] },
    spec: { ...healthySpec(node), sequence: ++sequence, ...change },
  }
}

/** Writes a node's report as its agent does, with one server-side apply; reads the Node for its UID and boot ID. */
export async function writeReport(api: Api, nodeName: string, change: ReportChange = {}): Promise<KubernetesObject> {
  const report = reportObject(identityOf(await api.get<NodeIdentity>(nodePath(nodeName))), change)
  return api.apply(`${REPORTS}/${nodeName}`, report, 'soci-guard-agent')
}

/** Creates reports of the same kind for nodes that have none, in bulk: one list, then one request each. */
export async function createReports(
  api: Api,
  nodeNames: readonly string[],
  change: ReportChange = {},
  width = 16,
): Promise<void> {
  const wanted = new Set(nodeNames)
  const nodes = (await api.list<NodeIdentity>('/api/v1/nodes')).filter(node => wanted.has(node.metadata.name))
  const query = '?fieldManager=soci-guard-agent'
  await inParallel(nodes, width, node => api.create(`${REPORTS}${query}`, reportObject(identityOf(node), change)))
}

/** Takes a node's report away. */
export function deleteReport(api: Api, nodeName: string): Promise<void> {
  return api.delete(`${REPORTS}/${nodeName}`)
}

type NodeIdentity = KubernetesObject & { status?: { nodeInfo?: { bootID?: string } } }

function identityOf({ metadata: { name, uid = '' }, status }: NodeIdentity) {
  return { name, uid, bootID: status?.nodeInfo?.bootID ?? bootIdOf(name) }
}

function healthySpec({ uid, bootID }: { uid: string; bootID: string }) {
  return {
    nodeUID: uid,
    bootID,
    bootTime: '2026-11-22T08:00:00Z',
    agent: { podUID: '94926b90-0000-4000-8000-000000000000', version: '0.1.0' },
    runtime: {
      name: 'containerd',
      version: '2.1.9',
      rootUUID: '5f0c6c1e-0000-4000-8000-000000000000',
      session: { pid: 812, startTime: '2026-11-22T08:00:09Z' },
      criError: '',
    },
    defaultSnapshotter: { name: 'soci', source: 'ImageFsInfo' },
    snapshotters: [{ ...REPORT_CHANGES.Broken.snapshotters[0], responds: true }],
    runtimeHandlers: [{ name: 'runc', snapshotter: '' }],
    containers: { bySnapshotter: { soci: 12 }, foreign: [] },
    images: { total: 9, foreign: [], stranded: [], recoverable: [], missing: [] },
    sandboxImage: { reference: 'registry.k8s.io/pause:3.10', status: 'InDefault' },
    discardUnpackedLayers: true,
    snapshotAnnotations: true,
    configTrap: '',
    registryAuthentication: 'CRICredentials',
    verified: true,
    renewTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  }
}
