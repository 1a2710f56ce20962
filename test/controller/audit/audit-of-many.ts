// One look at all pods of a large cluster, in a process of its own: prints what was found and how much memory it took.
import { readFileSync } from 'node:fs'
import { readClusterPods } from '../../../src/cli/cluster-pods.ts'
import { createAuditCount } from '../../../src/controller/audit/audit-count.ts'
import { findingsOf } from '../../../src/controller/audit/audit-finding.ts'
import { createApiConnection } from '../../../src/inventory/cluster/api-connection.ts'
import { nodeOf, viewOf } from '../../support/cluster-view.ts'

const [server = '', ca = '', nodes = '0'] = process.argv.slice(2)
const view = viewOf({ nodes: Array.from({ length: Number(nodes) }, (_, at) => [nodeOf(`node-${at}`), null] as const) })
const nowMs = (): number => performance.now()
// As in a pod: client-node would take more memory than all that is measured here.
const connection = createApiConnection({
  load: async () => ({
    getCurrentCluster: () => ({ name: 'test', server, skipTLSVerify: false }),
    applyToHTTPSOptions: async options => {
      Object.assign(options, { ca: readFileSync(ca) })
    },
  }),
  ...{ userAgent: 'test', nowMs },
})
const suspects = new Set(view.roster.verdicts(view.nowMs).map(({ node }) => node))

const collect = globalThis.gc ?? (() => {})
collect()
const before = process.memoryUsage()
let peakBytes = before.rss
const meter = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
}, 5)
const startedMs = nowMs()
const count = await readClusterPods(connection, { nodes: suspects, namespace: undefined, selector: undefined }, () =>
  createAuditCount(() => view, { maxRows: 20_000, keptNames: 3 }),
)
const audited = count.audited(new Map())
const findings = findingsOf(audited.rows, () => 'u').length
clearInterval(meter)
collect()
const after = process.memoryUsage()
const mib = (bytes: number): number => Math.round(bytes / 1_048_576)
process.stdout.write(
  JSON.stringify({
    pods: audited.counts.reduce((sum, { pods }) => sum + pods, 0),
    nodes: audited.nodes.size,
    rows: audited.rows.length,
    leftOut: audited.leftOut,
    findings,
    seconds: Math.round(nowMs() - startedMs) / 1000,
    keptMiB: mib(after.heapUsed - before.heapUsed),
    peakMiB: mib(peakBytes - before.rss),
  }),
)
connection.close()
