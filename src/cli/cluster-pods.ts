import { compileShape } from '../admission/json-shape.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { readScannedPod, type ScannedPod } from '../scan/scanned-pod.ts'
import { type ClusterList, readFromBeginning, readPages } from './cluster-pages.ts'
import { inParallel } from './in-parallel.ts'

/** Which pods to read; those whose containers have all ended for good are never among them. */
export interface PodChoice {
  readonly nodes: ReadonlySet<string>
  /** undefined: of all namespaces. */
  readonly namespace: string | undefined
  /** A label selector, as the API server takes it. */
  readonly selector: string | undefined
}

const POD_PAGE_SHAPE = compileShape({
  metadata: { continue: true },
  items: [
    {
      metadata: {
        name: true,
        namespace: true,
        uid: true,
        labels: true,
        annotations: { 'kubernetes.io/config.mirror': true },
        ownerReferences: true,
      },
      spec: { nodeName: true, runtimeClassName: true },
      status: { phase: true },
    },
  ],
})

const STILL_RUNNING = 'status.phase!=Succeeded,status.phase!=Failed'

// One request for each node costs less than a list of all pods as long as there are few; beyond, the list of all costs less.
const MOST_NODES_ONE_BY_ONE = 100
const NODES_AT_ONCE = 8

/** Gives each chosen pod to a taker, which is made anew when the reading has to begin again; none is kept here. */
export const readClusterPods = async <Taker extends { take(pod: ScannedPod): void }>(
  connection: ApiConnection,
  choice: PodChoice,
  createTaker: () => Taker,
): Promise<Taker> =>
  readFromBeginning(async () => {
    const taker = createTaker()
    const takePages = async (list: ClusterList): Promise<void> => {
      for await (const items of readPages(connection, list)) {
        for (const pod of items.map(item => readScannedPod(item, []))) if (choice.nodes.has(pod.node)) taker.take(pod)
      }
    }
    if (choice.nodes.size > MOST_NODES_ONE_BY_ONE) await takePages(listOf(choice, {}))
    else await inParallel([...choice.nodes], NODES_AT_ONCE, node => takePages(listOnNode(choice, node)))
    return taker
  })

// From the API server's cache, as the kubelet reads the pods of its own node: there they are indexed by node, while a read from
// etcd would go through all pods of the cluster for each node.
const listOnNode = (choice: PodChoice, node: string): ClusterList => {
  const list = listOf(choice, { resourceVersion: '0' })
  return { ...list, query: { ...list.query, fieldSelector: `spec.nodeName=${node},${STILL_RUNNING}` } }
}

const listOf = ({ namespace, selector }: PodChoice, query: Record<string, string>): ClusterList => ({
  path: namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
  query: {
    ...query,
    fieldSelector: `spec.nodeName!=,${STILL_RUNNING}`,
    ...(selector === undefined ? {} : { labelSelector: selector }),
  },
  pageShape: POD_PAGE_SHAPE,
  resource: { group: '', resource: 'pods', verbs: ['list'] },
})
