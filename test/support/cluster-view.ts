import type { ClusterView } from '../../src/admission/cluster-view.ts'
import { DEFAULT_CONFIGURATION } from '../../src/config/default-configuration.ts'
import type { GuardConfiguration } from '../../src/policy/configuration.ts'
import type { NodeFacts } from '../../src/policy/node-facts.ts'
import { createRoster, type Roster } from '../../src/policy/roster.ts'
import type { RuntimeClassFacts } from '../../src/policy/runtime-class-facts.ts'
import type { NodeReport } from '../../src/report/node-report.ts'

/** The moment at which every decision of these tests is made. */
export const NOW_MS = 1_000_000

/** The documented defaults, but without exempt namespaces and outages. */
export const configurationOf = (tweak: Partial<GuardConfiguration> = {}): GuardConfiguration => ({
  ...DEFAULT_CONFIGURATION,
  outage: { fraction: 1, answer: 'deny' },
  exemptions: { ...DEFAULT_CONFIGURATION.exemptions, namespaces: new Set() },
  ...tweak,
})

/** Exemptions with nothing in them but what is given. */
export const exemptionsOf = (tweak: Partial<GuardConfiguration['exemptions']>): GuardConfiguration['exemptions'] => ({
  ...configurationOf().exemptions,
  ...tweak,
})

/** A linux node with containerd. */
export const nodeOf = (name: string, tweak: Partial<NodeFacts> = {}): NodeFacts => ({
  name,
  labels: { 'kubernetes.io/hostname': name },
  taints: [],
  unschedulable: false,
  uid: `uid-${name}`,
  bootID: `boot-${name}`,
  containerRuntimeVersion: 'containerd://2.1.9',
  operatingSystem: 'linux',
  creationTimestamp: '2026-11-22T13:18:50Z',
  ...tweak,
})

/** What the agent reports of a node that is in order. */
export const reportOf = (name: string, tweak: Partial<NodeReport> = {}): NodeReport => ({
  name,
  nodeUID: `uid-${name}`,
  bootID: `boot-${name}`,
  bootTime: '2026-11-22T13:18:00Z',
  agent: { podUID: 'agent', version: '0.1.0' },
  runtime: { name: 'containerd', version: '2.1.9', rootUUID: 'root', session: null, criError: '' },
  defaultSnapshotter: { name: 'soci', source: 'ImageFsInfo' },
  snapshotters: [{ name: 'soci', address: '/run/soci.sock', root: '/var/lib/soci', registered: true, responds: true }],
  runtimeHandlers: [{ name: 'runc', snapshotter: '' }],
  containers: { bySnapshotter: { soci: 12 }, foreign: [] },
  images: { total: 9, foreign: [], stranded: [], recoverable: [], missing: [] },
  sandboxImage: { reference: 'registry.k8s.io/pause:3.10', status: 'InDefault' },
  discardUnpackedLayers: true,
  snapshotAnnotations: true,
  configTrap: '',
  registryAuthentication: 'CRICredentials',
  mixed: null,
  verified: true,
  sequence: 42,
  renewTime: '2026-11-22T13:20:00Z',
  ...tweak,
})

/** A node whose images were unpacked before soci became the default: Mixed, ConfiguredAfterLaunch. */
export const mixedReportOf = (name: string): NodeReport =>
  reportOf(name, { images: { total: 9, foreign: ['nginx:1.27'], stranded: [], recoverable: [], missing: [] } })

/** A node with a kata handler that has a snapshotter of its own: Ready, but not for every runtime class. */
export const kataReportOf = (name: string): NodeReport =>
  reportOf(name, {
    runtimeHandlers: [
      { name: 'runc', snapshotter: '' },
      { name: 'kata', snapshotter: 'devmapper' },
    ],
  })

interface Cluster {
  readonly configuration?: Partial<GuardConfiguration>
  /** Each with the report that it has, null for none. */
  readonly nodes?: readonly (readonly [NodeFacts, NodeReport | null])[]
  readonly namespaceModes?: Readonly<Record<string, string>>
  readonly runtimeClasses?: readonly RuntimeClassFacts[]
}

/** A view of a real roster over these nodes. */
export const viewOf = (cluster: Cluster = {}): ClusterView & { readonly roster: Roster } => {
  const configuration = configurationOf(cluster.configuration)
  const roster = createRoster(configuration)
  for (const [node, report] of cluster.nodes ?? []) {
    roster.setNode(node, NOW_MS)
    if (report !== null) roster.setReport(report, NOW_MS, NOW_MS)
  }
  for (const [name, label] of Object.entries(cluster.namespaceModes ?? {})) roster.setNamespaceMode(name, label)
  for (const runtimeClass of cluster.runtimeClasses ?? []) roster.setRuntimeClass(runtimeClass)
  roster.advance(NOW_MS)
  return { roster, configuration, nowMs: NOW_MS }
}

/** The four nodes that most tests need: ready, mixed, kata (Ready with another handler) and silent (no report). */
export const FOUR_NODES: NonNullable<Cluster['nodes']> = [
  [nodeOf('ready'), reportOf('ready')],
  [nodeOf('mixed'), mixedReportOf('mixed')],
  [nodeOf('kata'), kataReportOf('kata')],
  [nodeOf('silent'), null],
]

/** RuntimeClass kata, with the handler of the same name. */
export const KATA_CLASS: RuntimeClassFacts = { name: 'kata', handler: 'kata', nodeSelector: {}, tolerations: [] }
