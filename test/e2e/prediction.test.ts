import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { inParallel } from './cluster/in-parallel.ts'
import { configure } from './guard/guard-configuration.ts'
import { startGuardedCluster } from './guard/guarded-cluster.ts'
import { podsPath } from './guard/pod-object.ts'
import { testFolder } from './guard/test-folder.ts'
import { type CheckedPod, checkCommand } from './prediction/check-command.ts'
import { expectedReasons } from './prediction/expected-reasons.ts'
import { randomNodes } from './prediction/random-nodes.ts'
import { randomPods } from './prediction/random-pods.ts'
import { schedulerOutcomes } from './prediction/scheduler-outcome.ts'
import { KUBELET_NODE } from './test-cluster.ts'

const SEED = Number(process.env.SOCI_GUARD_E2E_SEED ?? 20_261_122)
const PODS = 400
const NODES = 29

t.setTimeout(180_000)

t.test('what is predicted is what the scheduler does', { timeout: 170_000 }, async t => {
  t.comment(`seed ${SEED}; another one: SOCI_GUARD_E2E_SEED=…`)
  const folder = testFolder(t, import.meta.url)
  const nodes = randomNodes(SEED, NODES)
  const cluster = await startGuardedCluster(t, { overlay: 'audit', folder, nodes })
  const { plane, kubelet } = cluster
  for (const runtimeClass of RUNTIME_CLASSES)
    await plane.admin.create('/apis/node.k8s.io/v1/runtimeclasses', runtimeClass)
  // No node but the kubelet's has a report: each eligible one is in a warning, and none is refused.
  await configure(cluster, { mode: 'warn' })
  const names = [KUBELET_NODE, ...nodes.map(({ name }) => name)]
  const pods = randomPods(
    SEED,
    PODS,
    names,
    RUNTIME_CLASSES.map(({ metadata }) => metadata.name),
  )
  const manifests = join(folder, 'pods.json')
  writeFileSync(manifests, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods.map(({ object }) => object) }))
  const inventory = join(folder, 'inventory.yaml')
  const kinds = 'nodes,nodesnapshotters,runtimeclasses,namespaces'
  const objects = await plane.kubectl(['get', kinds, '-o', 'yaml'])
  writeFileSync(inventory, objects.stdout)

  const checked = await checkCommand(manifests, ['--kubeconfig', plane.files.path('admin.kubeconfig')])
  const predictions = new Map(checked.map(pod => [pod.name, pod]))
  const prediction = (name: string): CheckedPod => {
    const found = predictions.get(name)
    if (!found) throw new Error(`check says nothing about ${name}`)
    return found
  }
  const eligible = (name: string) => prediction(name).nodes.filter(node => node.eligible)

  const refused = new Map<string, string>()
  const warnings = new Map<string, string[]>()
  await inParallel(pods, 8, async ({ name, object }) => {
    const answer = await plane.admin.send('POST', podsPath(), object)
    if (answer.status === 201) warnings.set(name, answer.warnings)
    else refused.set(name, (answer.body as { message: string }).message)
  })
  const outcomes = await schedulerOutcomes(plane, new Set(warnings.keys()))
  const took = [...outcomes].flatMap(([name, outcome]) => ('node' in outcome ? [{ name, node: outcome.node }] : []))
  const stuck = [...outcomes].flatMap(([name, outcome]) => ('node' in outcome ? [] : [{ name, ...outcome }]))
  t.comment(`${took.length} pods were bound, ${stuck.length} fit nowhere, ${refused.size} were not let in`)

  t.test('the random pods are of every sort', async t => {
    t.ok(took.length > PODS / 4, 'many are bound')
    t.ok(stuck.length > PODS / 10, 'many fit nowhere')
    t.ok(new Set(took.map(({ node }) => node)).size > NODES / 2, 'many nodes are taken')
    const sentences = new Set(stuck.flatMap(({ reasons }) => Object.keys(reasons)))
    t.strictSame([...sentences].sort(), SENTENCES)
  })

  t.test('the node that the scheduler takes is an eligible one', async t => {
    const wrong = took.filter(({ name, node }) => !eligible(name).some(candidate => candidate.name === node))
    t.strictSame(wrong, [])
  })

  t.test(
    'a pod without an eligible node stays where it is, for the reasons that check gives for each node',
    async t => {
      const wrong = stuck
        .map(({ name, nodes, reasons }) => {
          const terms = pods.find(pod => pod.name === name)?.terms ?? []
          const predicted = {
            nodes: prediction(name).nodes.length,
            reasons: expectedReasons(prediction(name).nodes, terms),
          }
          return { name, predicted, found: { nodes, reasons } }
        })
        .filter(({ predicted, found }) => !sameCounts(predicted, found))
      t.strictSame(wrong, [])
      t.strictSame(
        stuck.filter(({ name }) => eligible(name).length > 0),
        [],
      )
    },
  )

  t.test('a pod that its runtime class contradicts is not let in, and no node was eligible', async t => {
    t.ok(refused.size > 0)
    for (const [name, message] of refused) {
      t.match(message, /conflict/, name)
      t.strictSame(eligible(name), [], name)
    }
  })

  t.test('the advisory webhook counts the same eligible nodes', async t => {
    // Of a pod that names its node by a field only that node is spoken of, whether it would be taken or not.
    const spokenOf = pods.filter(
      ({ name, terms }) => !refused.has(name) && !terms.some(({ matchFields }) => matchFields),
    )
    const counted = spokenOf.map(({ name }) => {
      const ready = eligible(name).filter(node => node.name === KUBELET_NODE).length
      return { name, wanted: headlineOf(eligible(name).length, ready), found: readHeadline(warnings.get(name) ?? []) }
    })
    t.ok(counted.filter(({ wanted }) => wanted !== undefined).length > PODS / 4)
    const wrong = counted.filter(
      ({ wanted, found }) => wanted?.bad !== found?.bad || wanted?.eligible !== found?.eligible,
    )
    t.strictSame(wrong, [])
  })

  t.test('an inventory that kubectl wrote gives the same answer as the live cluster', async t => {
    const fromFile = await checkCommand(manifests, ['--inventory', inventory])
    t.strictSame(fromFile, checked)
  })

  t.test('nothing went wrong beside the tests', async t => {
    t.strictSame(kubelet.problems, [])
  })
})

/** Runtime classes that choose nodes and tolerate taints; what they add to a pod can contradict it. */
const RUNTIME_CLASSES = [
  {
    metadata: { name: 'zoned' },
    handler: 'runc',
    scheduling: { nodeSelector: { zone: 'a' }, tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
  },
  {
    metadata: { name: 'tolerant' },
    handler: 'runc',
    scheduling: { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
  },
]

/** Every reason that kube-scheduler can give for such pods. */
const SENTENCES = [
  "node(s) didn't match Pod's node affinity/selector",
  "node(s) didn't satisfy plugin(s) [NodeAffinity]",
  'node(s) had untolerated taint(s)',
  'node(s) were unschedulable',
  'pod affinity terms conflict',
]

interface Counts {
  nodes: number
  reasons: Record<string, number>
}

function sameCounts(one: Counts, other: Counts): boolean {
  const sorted = ({ nodes, reasons }: Counts) => JSON.stringify([nodes, Object.entries(reasons).sort()])
  return sorted(one) === sorted(other)
}

interface Headline {
  bad: number
  eligible: number
}

/** The numbers in `3 of 5 eligible nodes are not SOCI-ready; …`, in each of its forms. */
function readHeadline(warnings: readonly string[]): Headline | undefined {
  const line = warnings.find(text => text.includes('eligible node')) ?? ''
  if (line.startsWith('the only eligible node is not')) return { bad: 1, eligible: 1 }
  const [, all] = /^all (\d+) eligible nodes are not/.exec(line) ?? []
  if (all !== undefined) return { bad: Number(all), eligible: Number(all) }
  const [, bad, eligible] = /^(\d+) of (\d+) eligible nodes (?:is|are) not/.exec(line) ?? []
  return bad === undefined ? undefined : { bad: Number(bad), eligible: Number(eligible) }
}

/** All eligible nodes but those that are Ready are in the warning; without such there is none. */
function headlineOf(eligible: number, ready: number): Headline | undefined {
  return eligible === ready ? undefined : { bad: eligible - ready, eligible }
}
