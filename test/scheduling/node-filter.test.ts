import t from 'tap'
import { firstFilter, type NodeFilter } from '../../src/scheduling/node-filter.ts'
import { expressions, node, pod, requirement, taint, toleration } from './builders.ts'

const worst = node({ name: 'worst', taints: [taint()], unschedulable: true })
const elsewhere = { nodeName: 'elsewhere', requiredTerms: [expressions(requirement('disk', 'Exists'))] }
const onlyCordon = toleration({ key: 'node.kubernetes.io/unschedulable' })

const cases: { name: string; pod: ReturnType<typeof pod>; node: ReturnType<typeof node>; want: NodeFilter | null }[] = [
  { name: 'nothing keeps a plain pod off a plain node', pod: pod(), node: node(), want: null },
  { name: 'cordoning comes first', pod: pod(elsewhere), node: worst, want: 'NodeUnschedulable' },
  { name: 'then the node name', pod: pod({ ...elsewhere, tolerations: [onlyCordon] }), node: worst, want: 'NodeName' },
  {
    name: 'then the taints',
    pod: pod({ ...elsewhere, nodeName: 'worst', tolerations: [onlyCordon] }),
    node: worst,
    want: 'TaintToleration',
  },
  {
    name: 'then the affinity',
    pod: pod({ ...elsewhere, nodeName: 'worst', tolerations: [toleration()] }),
    node: worst,
    want: 'NodeAffinity',
  },
  {
    name: 'the node selector counts as affinity',
    pod: pod({ nodeSelector: { disk: 'ssd' } }),
    node: node(),
    want: 'NodeAffinity',
  },
  { name: 'the named node itself is let through', pod: pod({ nodeName: 'node1' }), node: node(), want: null },
  {
    name: 'a taint of a condition',
    pod: pod(),
    node: node({ taints: [taint({ effect: 'NoExecute' })] }),
    want: 'TaintToleration',
  },
  {
    name: 'a taint that only lowers the score',
    pod: pod(),
    node: node({ taints: [taint({ effect: 'PreferNoSchedule' })] }),
    want: null,
  },
  { name: 'a toleration of everything', pod: pod({ tolerations: [toleration()] }), node: worst, want: null },
]

for (const { name, pod, node, want } of cases) {
  t.test(name, async t => t.equal(firstFilter(pod, node), want))
}
