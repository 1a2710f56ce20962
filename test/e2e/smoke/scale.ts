import { startControlPlane } from '../cluster/control-plane.ts'
import { createNodes, nodeObject } from '../cluster/nodes.ts'
import { processUsage } from '../cluster/process-usage.ts'
import { realisticNode } from '../cluster/realistic-node.ts'
import { createReports, REPORTS } from '../cluster/reports.ts'
import { waitFor } from '../cluster/wait-for.ts'
import { binariesFolder } from '../test-cluster.ts'
import { REPORT_DEFINITION } from './report-definition.ts'

const count = Number(process.argv[2])
const say = (text: string) => process.stdout.write(`${(performance.now() / 1000).toFixed(1)} s ${text}\n`)
const plane = await startControlPlane({ binaries: binariesFolder(), folder: process.argv[3] as string })
say('ready')
const nodes = Array.from({ length: count }, (_, index) => realisticNode(index))
say(`node object ${JSON.stringify(nodeObject(realisticNode(7))).length} bytes`)
await createNodes(plane.admin, nodes)
say(`${count} nodes, API server ${JSON.stringify(processUsage(plane.pidOf('kube-apiserver')))}`)
const stored = await plane.admin.get(`/api/v1/nodes/${nodes[7]?.name}`)
say(
  `stored ${JSON.stringify(stored).length} bytes; boot ${(stored.status as { nodeInfo: { bootID: string } }).nodeInfo.bootID}`,
)
await plane.admin.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', REPORT_DEFINITION)
await waitFor('kind', () => plane.admin.find(REPORTS))
await createReports(
  plane.admin,
  nodes.map(node => node.name),
)
say(`${count} reports, API server ${JSON.stringify(processUsage(plane.pidOf('kube-apiserver')))}`)
await plane.admin.create('/api/v1/namespaces/default/pods', {
  metadata: { name: 'p' },
  spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'i' }] },
})
const times: number[] = []
for (let index = 0; index < 300; index++) {
  const startMs = performance.now()
  const { status } = await plane.admin.dryRunBind('default', 'p', nodes[index % count]?.name ?? '')
  if (status !== 201) throw new Error(`bind ${status}`)
  times.push(performance.now() - startMs)
}
times.sort((a, b) => a - b)
say(`dry-run bind p50 ${times[150]?.toFixed(2)} p99 ${times[297]?.toFixed(2)} ms`)
say(`usage ${JSON.stringify(processUsage(plane.pidOf('kube-apiserver')))}`)
await plane.stop()
say('stopped')
