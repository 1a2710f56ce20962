import { join } from 'node:path'
import type { Api } from '../../e2e/cluster/api.ts'
import { type ControlPlane, startControlPlane } from '../../e2e/cluster/control-plane.ts'
import { userIdentity } from '../../e2e/cluster/identity.ts'
import { createNodes, type NodeOptions } from '../../e2e/cluster/nodes.ts'
import { realisticNode } from '../../e2e/cluster/realistic-node.ts'
import { createReports, REPORT_CHANGES, REPORTS, writeReport } from '../../e2e/cluster/reports.ts'
import { waitFor } from '../../e2e/cluster/wait-for.ts'
import { binariesFolder } from '../../e2e/test-cluster.ts'

/** The control plane under measurement, with all its nodes and reports in it. */
export interface BenchCluster {
  readonly plane: ControlPlane
  /** The kubeconfig of the webhook, with the rights of its manifests and no more. */
  readonly kubeconfig: string
  /** Names of nodes that are Ready. */
  readonly good: readonly string[]
  /** Names of nodes that are Mixed, at the beginning, in the middle and at the end of a list. */
  readonly bad: readonly string[]
  /** A node that is judged by the label LABEL. */
  readonly labelled: string
}

/** The label that makes the labelled node Ready. */
export const LABEL = 'soci-ready'

/** The pool of that node, and nothing else that differs from the defaults. */
export const CONFIGURATION = {
  apiVersion: 'soci-guard.dev/v1alpha1',
  kind: 'GuardConfiguration',
  mode: 'enforce',
  pools: [
    {
      name: 'labelled',
      nodeSelector: { matchLabels: { pool: 'labelled' } },
      evidence: 'label',
      readyLabels: { [LABEL]: 'true' },
    },
  ],
}

const MANIFESTS = join(import.meta.dirname, '../../../manifests/base')
const LABELLED = 'labelled-node'

/** Starts a control plane and fills it with so many nodes of realistic size (or of the least), each with its report. */
export async function startBenchCluster(
  folder: string,
  { nodes, thin, say }: { nodes: number; thin: boolean; say: (text: string) => void },
): Promise<BenchCluster> {
  const plane = await startControlPlane({ binaries: binariesFolder(), folder })
  const { admin } = plane
  for (const file of ['10-namespace', '20-crd-nodesnapshotters', '30-serve-rbac']) {
    const applied = await plane.kubectl(['apply', '--server-side', '-f', join(MANIFESTS, `${file}.yaml`)])
    if (applied.code !== 0) throw new Error(applied.stderr)
  }
  await waitFor('the kind of reports', () => admin.find(REPORTS))
  await admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', RIGHTS_OF_THE_WEBHOOK)
  const options = Array.from({ length: nodes }, (_, index) => benchNode(index, thin))
  const names = options.map(({ name }) => name)
  const bad = [names[0], names[nodes >> 1], names[nodes - 1]] as string[]
  say(`creating ${nodes} nodes and reports`)
  await createNodes(admin, [...options, { name: LABELLED, labels: { pool: 'labelled', [LABEL]: 'true' } }])
  await createReports(admin, names)
  for (const name of bad) await writeReport(admin, name, REPORT_CHANGES.Mixed)
  return {
    plane,
    kubeconfig: plane.kubeconfig('webhook', userIdentity(plane.files.authority, USER)),
    good: names.filter(name => !bad.includes(name)),
    bad,
    labelled: LABELLED,
  }
}

/** Makes a namespace whose binds only the given webhook judges, or none, with the pending pod that is asked for. */
export async function createLane(admin: Api, name: string, webhook?: { url: string; caBundle: string }): Promise<void> {
  await admin.create('/api/v1/namespaces', { metadata: { name } })
  await waitFor('the ServiceAccount', () => admin.find(`/api/v1/namespaces/${name}/serviceaccounts/default`))
  await admin.create(`/api/v1/namespaces/${name}/pods`, {
    metadata: { name: POD },
    spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'i' }] },
  })
  if (webhook)
    await admin.create(
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
      configuration(name, webhook),
    )
}

/** The pending pod of every lane. */
export const POD = 'pending'

const USER = 'bench-webhook'

const RIGHTS_OF_THE_WEBHOOK = {
  metadata: { name: USER },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'soci-guard' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: USER }],
}

function benchNode(index: number, thin: boolean): NodeOptions {
  const node = realisticNode(index)
  return thin ? { name: node.name, labels: node.labels ?? {} } : node
}

/** As the manifests have it, but for one namespace and by URL. */
function configuration(namespace: string, { url, caBundle }: { url: string; caBundle: string }) {
  return {
    metadata: { name: `${namespace}.bench.soci-guard.dev` },
    webhooks: [
      {
        name: `${namespace}.bench.soci-guard.dev`,
        clientConfig: { url, caBundle: Buffer.from(caBundle).toString('base64') },
        rules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['pods/binding', 'bindings'],
            scope: 'Namespaced',
          },
        ],
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [namespace] }],
        },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: 5,
        admissionReviewVersions: ['v1'],
      },
    ],
  }
}
