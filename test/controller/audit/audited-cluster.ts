// An audit over a fake API server, with the real readers of pods and owners.
import { Registry } from 'prom-client'
import type { Test } from 'tap'
import { createClusterOwners } from '../../../src/cli/cluster-owners.ts'
import { readClusterPods } from '../../../src/cli/cluster-pods.ts'
import { findWorkloads } from '../../../src/cli/find-workloads.ts'
import { createFindWorkload } from '../../../src/cli/owner-lookup.ts'
import type { AuditTimes } from '../../../src/controller/audit/audit-times.ts'
import { createPodAudit } from '../../../src/controller/audit/pod-audit.ts'
import type { BrakeLevel } from '../../../src/controller/brake.ts'
import type { ControllerPart } from '../../../src/controller/controller-part.ts'
import { createVerdictFeed } from '../../../src/controller/verdict-feed.ts'
import { createApiConnection } from '../../../src/inventory/cluster/api-connection.ts'
import { createRoster } from '../../../src/policy/roster.ts'
import { createPodAuditMetrics } from '../../../src/telemetry/pod-audit-metrics.ts'
import { podObject } from '../../support/cluster-objects.ts'
import { configurationOf, nodeOf, reportOf } from '../../support/cluster-view.ts'
import { type ListingApiServer, startListingApiServer } from '../../support/listing-api-server.ts'
import { until } from '../../support/until.ts'

/** What is said about the two violating pods. */
export const NODE_EVENT = 'PodsOnViolatingNode Node/bad'
export const DEPLOYMENT_EVENT = 'RunsOnViolatingNode Deployment/web'

const EVENTS = '/apis/events.k8s.io/v1/events'

/** What a test has in its hands. */
export interface AuditedCluster {
  readonly api: ListingApiServer
  readonly brake: { level: BrakeLevel }
  readonly logged: string[]
  /** Waits for so many more looks at the pods that are over, with all that is told of them. */
  looks(count: number): Promise<void>
  failures(count: number): Promise<void>
  /** Each Event as reason and object, sorted. */
  events(): string[]
  seriesCounts(): number[]
  metrics(): Promise<string>
  remarks(): readonly string[]
  /** Lets the node report this default snapshotter. */
  report(node: string, snapshotter: string): void
  loseReports(): void
  /** Makes the API server serve one more kind. */
  serve(groupPath: string, resource: string): AuditedCluster
  restart(): Promise<void>
  stop(): Promise<void>
}

const QUICK: AuditTimes = { intervalMs: 20, soonMs: 5, repeatMs: 3_600_000, quietMs: 0, discoveryMs: 0, stopMs: 2000 }

/** A node in order and one that is not, with two pods of a Deployment, an exempt one and one where it may be. */
export const startAuditedCluster = async (t: Test, times: Partial<AuditTimes> = {}): Promise<AuditedCluster> => {
  const api = await startListingApiServer(t)
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6f9' }
  api.collections.set('/api/v1/pods', [
    ...['1', '2'].map(name => podObject('shop', `web-6f9-${name}`, 'bad', { owner })),
    podObject('shop', 'web-6f9-3', 'good', { owner }),
    podObject('kube-system', 'proxy', 'bad'),
  ])
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true }
  const replicaSet = { metadata: { name: 'web-6f9', namespace: 'shop', ownerReferences: [deployment] } }
  api.collections.set('/apis/apps/v1/replicasets', [replicaSet]).set(EVENTS, [])
  const exemptions = { ...configurationOf().exemptions, namespaces: new Set(['kube-system']) }
  const configuration = configurationOf({ exemptions })
  const nowMs = (): number => performance.now()
  const { feed, take } = createVerdictFeed()
  const roster = createRoster(configuration, take)
  for (const name of ['bad', 'good']) roster.setNode(nodeOf(name), nowMs())
  const connection = createApiConnection({
    ...{ kubeconfig: api.kubeconfig(), context: undefined, env: {} },
    ...{ userAgent: 'test', nowMs },
  })
  t.teardown(() => connection.close())

  const brake: { level: BrakeLevel } = { level: 'off' }
  const logged: string[] = []
  const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
  let registry = new Registry()
  let looked = 0
  let failed = 0
  let audit: ControllerPart | undefined

  const start = (): void => {
    registry = new Registry()
    const recorder = createPodAuditMetrics(registry, Date.now)
    audit = createPodAudit({
      ...{ feed, connection, nowMs, wallMs: Date.now, namespace: 'soci-guard-system', instance: 'controller-1' },
      brake: { level: () => brake.level, reason: () => null },
      view: () => ({ roster, configuration, nowMs: nowMs() }),
      uidOfNode: name => roster.factsOf(name)?.uid ?? '',
      readPods: (nodes, createTaker) =>
        readClusterPods(connection, { nodes, namespace: undefined, selector: undefined }, createTaker),
      findWorkloads: owners => findWorkloads(owners, createFindWorkload(createClusterOwners(connection))),
      recorder: {
        ...recorder,
        audited: (audited, durationMs) => {
          looked += 1
          recorder.audited(audited, durationMs)
        },
        failed: durationMs => {
          failed += 1
          recorder.failed(durationMs)
        },
      },
      log: { info: log, warn: log },
      times: { ...QUICK, ...times },
    })
    audit.start()
  }
  const stop = async (): Promise<void> => audit?.stop()
  t.teardown(stop)

  const cluster: AuditedCluster = {
    ...{ api, brake, logged, stop },
    // A look counts when it has found; what it tells follows, and is over when the next has begun, or soon.
    looks: async count => {
      const wanted = looked + count
      await until(() => looked >= wanted)
      await settled(api)
    },
    failures: async count => {
      const wanted = failed + count
      await until(() => failed >= wanted)
    },
    events: () =>
      eventsOf(api)
        .map(({ reason, regarding }) => `${reason} ${regarding.kind}/${regarding.name}`)
        .sort()
        .reverse(),
    seriesCounts: () => eventsOf(api).map(({ series }) => series?.count ?? 1),
    metrics: () => registry.metrics(),
    remarks: () => audit?.remarks?.() ?? [],
    report: (node, name) => {
      const change = {
        defaultSnapshotter: { name, source: 'ImageFsInfo' as const },
        containers: { bySnapshotter: { [name]: 3 }, foreign: [] },
      }
      roster.setReport(reportOf(node, change), nowMs(), nowMs())
    },
    loseReports: () => {
      for (const name of ['bad', 'good']) roster.removeReport(name)
    },
    serve: (groupPath, resource) => {
      api.documents.set(groupPath, { kind: 'APIResourceList', resources: [{ name: resource }] })
      api.collections.set(`${groupPath}/${resource}`, [])
      return cluster
    },
    restart: async () => {
      await stop()
      start()
    },
  }
  cluster.report('bad', 'overlayfs')
  cluster.report('good', 'soci')
  start()
  return cluster
}

interface ServedEvent {
  readonly reason: string
  readonly regarding: { readonly kind: string; readonly name: string }
  readonly series?: { readonly count: number }
}

const eventsOf = (api: ListingApiServer): ServedEvent[] =>
  (api.collections.get(EVENTS) ?? []) as unknown as ServedEvent[]

/** Until nothing was written for a moment. */
const settled = async ({ writes }: ListingApiServer): Promise<void> => {
  let before = -1
  while (writes.length !== before) {
    before = writes.length
    await new Promise(resolve => setTimeout(resolve, 40))
  }
}
