import { Agent, get } from 'node:http'
import { waitFor } from '../cluster/wait-for.ts'
import type { PodWorker } from '../kubelet/pod-worker.ts'
import type { TestKubelet } from '../kubelet/test-kubelet.ts'

/** The samples of one replica, by name and labels as the page writes them: `soci_guard_nodes{state="Mixed"}`. */
export type Samples = ReadonlyMap<string, number>

const OPS_PORT = 8080

/** The parts of the guard that run as pods, by their label. */
export type Component = 'serve' | 'controller' | 'agent'

/** The running replicas of the webhook. */
export function replicasOf(kubelet: TestKubelet): PodWorker[] {
  return podsOf(kubelet, 'serve')
}

/** The running pods of a part of the guard. */
export function podsOf({ pods }: TestKubelet, component: Component): PodWorker[] {
  return [...pods.values()].filter(({ pod }) => pod.metadata.labels?.['app.kubernetes.io/component'] === component)
}

/** Reads the metrics page of one replica at its pod's address. */
export async function readMetrics(replica: PodWorker): Promise<Samples> {
  const page = await read(`http://${replica.network.ip}:${OPS_PORT}/metrics`)
  const samples = [...page.matchAll(/^(\w+(?:\{[^}]*\})?) (\S+)$/gm)]
  return new Map(samples.map(([, name, value]) => [name as string, Number(value)]))
}

/** Waits until a condition on the samples holds at every replica; throws when there is no replica. */
export async function everyReplica(
  kubelet: TestKubelet,
  what: string,
  holds: (samples: Samples, replica: PodWorker) => boolean,
): Promise<void> {
  const replicas = replicasOf(kubelet)
  if (replicas.length === 0) throw new Error('no replica of the guard is running')
  for (const replica of replicas)
    await waitFor(`${what} at ${replica.pod.metadata.name}`, async () => holds(await readMetrics(replica), replica), {
      everyMs: 20,
    })
}

/** Waits until every replica counts so many nodes in each of the states given. */
export function statesKnown(kubelet: TestKubelet, counts: Readonly<Record<string, number>>): Promise<void> {
  return everyReplica(kubelet, `node states ${JSON.stringify(counts)}`, samples =>
    Object.entries(counts).every(([state, count]) => samples.get(`soci_guard_nodes{state="${state}"}`) === count),
  )
}

function read(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: new Agent({ keepAlive: false }), timeout: 2_000 }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', part => {
        text += part
      })
      response.once('end', () => resolve(text)).once('error', reject)
    })
    request.once('error', reject).once('timeout', () => request.destroy(new Error(`${url} did not answer`)))
  })
}
