import { parse, stringify } from 'yaml'
import type { TestCluster } from '../test-cluster.ts'
import { everyReplica, readMetrics, replicasOf } from './guard-metrics.ts'
import { GUARD_NAMESPACE } from './install-guard.ts'

const CONFIG_MAP = `/api/v1/namespaces/${GUARD_NAMESPACE}/configmaps/soci-guard`

interface ConfigMap {
  metadata: { name: string }
  data: { 'guard.yaml': string }
}

/** Reads the configuration that is in force, as the ConfigMap holds it. */
export async function readConfiguration({ plane }: TestCluster): Promise<Record<string, unknown>> {
  return parse((await plane.admin.get<ConfigMap>(CONFIG_MAP)).data['guard.yaml'])
}

/** Changes top-level fields of the configuration in the ConfigMap and waits until every replica has loaded it. */
export async function configure(cluster: TestCluster, change: Readonly<Record<string, unknown>>): Promise<void> {
  await writeConfiguration(cluster, stringify({ ...(await readConfiguration(cluster)), ...change }), 'success')
}

/** Puts a text into the ConfigMap and waits until every replica has tried to load it, with the result expected. */
export async function writeConfiguration(
  { plane, kubelet }: TestCluster,
  text: string,
  result: 'success' | 'failure',
): Promise<void> {
  const sample = `soci_guard_configuration_reloads_total{result="${result}"}`
  const before = new Map<string, number>()
  for (const replica of replicasOf(kubelet))
    before.set(replica.pod.metadata.name, (await readMetrics(replica)).get(sample) ?? 0)
  await plane.admin.patch(CONFIG_MAP, { data: { 'guard.yaml': text } })
  await everyReplica(
    kubelet,
    `a reload with ${result}`,
    (samples, { pod }) => (samples.get(sample) ?? 0) > (before.get(pod.metadata.name) ?? 0),
  )
}
