import t from 'tap'
import { withAdmissionDefaults } from '../../src/scheduling/effective-constraints.ts'
import { firstFilter } from '../../src/scheduling/node-filter.ts'
import { expressions, node, pod, requirement, taint, toleration } from './builders.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', value: '', effect: 'NoExecute' }
const unreachable = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', value: '', effect: 'NoExecute' }
const pressure = (name: string) => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  value: '',
  effect: 'NoSchedule',
})

const defaults: { name: string; of: Parameters<typeof toleration>[0]; want: (typeof notReady)[] }[] = [
  { name: 'an unrelated toleration', of: { key: 'dedicated' }, want: [notReady, unreachable] },
  { name: 'a toleration of everything', of: {}, want: [] },
  { name: 'a toleration of every NoExecute', of: { effect: 'NoExecute' }, want: [] },
  { name: 'a toleration of every NoSchedule', of: { effect: 'NoSchedule' }, want: [notReady, unreachable] },
  { name: 'its own toleration of not-ready', of: { key: notReady.key }, want: [unreachable] },
  { name: 'its own toleration of unreachable', of: { key: unreachable.key, effect: 'NoExecute' }, want: [notReady] },
  {
    name: 'a toleration of one value of not-ready',
    of: { key: notReady.key, operator: 'Equal', value: 'x' },
    want: [unreachable],
  },
]

for (const { name, of, want } of defaults) {
  t.test(`a pod with ${name} gets ${want.length} default tolerations`, async t => {
    const own = toleration(of)
    t.strictSame(withAdmissionDefaults(pod({ tolerations: [own] }), {}).tolerations, [own, ...want])
  })
}

const daemon = [
  notReady,
  unreachable,
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(pressure),
]

t.test('a pod of a DaemonSet tolerates the conditions of its node', async t => {
  t.strictSame(withAdmissionDefaults(pod(), { daemonSet: { hostNetwork: false } }).tolerations, daemon)
})

t.test('a pod of a DaemonSet on the host network tolerates a node without network too', async t => {
  t.strictSame(withAdmissionDefaults(pod(), { daemonSet: { hostNetwork: true } }).tolerations, [
    ...daemon,
    pressure('network-unavailable'),
  ])
})

t.test('a RuntimeClass adds its node selector and tolerations after the defaults', async t => {
  const gvisor = toleration({ key: 'gvisor' })
  const runtimeClass = { nodeSelector: { runtime: 'gvisor', os: 'linux' }, tolerations: [gvisor] }
  const terms = [expressions(requirement('disk', 'Exists'))]
  const written = pod({ nodeSelector: { os: 'linux', disk: 'ssd' }, requiredTerms: terms })
  t.strictSame(withAdmissionDefaults(written, { runtimeClass }), {
    nodeName: '',
    nodeSelector: { os: 'linux', disk: 'ssd', runtime: 'gvisor' },
    requiredTerms: terms,
    tolerations: [notReady, unreachable, gvisor],
  })
})

t.test('a RuntimeClass that tolerates not-ready does not keep the default away, which came before it', async t => {
  const runtimeClass = {
    nodeSelector: {},
    tolerations: [toleration({ key: notReady.key, operator: 'Equal', value: 'x' })],
  }
  const { tolerations } = withAdmissionDefaults(pod(), { runtimeClass })
  t.strictSame(tolerations, [notReady, unreachable, ...runtimeClass.tolerations])
})

t.test('a RuntimeClass that contradicts the node selector leaves no node, because the pod will be refused', async t => {
  const runtimeClass = { nodeSelector: { os: 'windows' }, tolerations: [] }
  const constraints = withAdmissionDefaults(pod({ nodeSelector: { os: 'linux' } }), { runtimeClass })
  for (const os of ['linux', 'windows']) t.equal(firstFilter(constraints, node({ labels: { os } })), 'NodeAffinity')
})

t.test('keys that objects inherit are node selector keys like any other', async t => {
  const runtimeClass = { nodeSelector: JSON.parse('{"__proto__":"x","constructor":"y"}'), tolerations: [] }
  const { nodeSelector, requiredTerms } = withAdmissionDefaults(pod(), { runtimeClass })
  t.strictSame(Object.entries(nodeSelector), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
  t.equal(requiredTerms, null)
})

t.test('what was written is left as it was', async t => {
  const written = Object.freeze(pod({ nodeSelector: Object.freeze({ a: 'b' }), tolerations: Object.freeze([]) as [] }))
  const context = { daemonSet: { hostNetwork: true }, runtimeClass: { nodeSelector: { c: 'd' }, tolerations: [] } }
  t.equal(withAdmissionDefaults(written, context).tolerations.length, 7)
  t.strictSame(written, pod({ nodeSelector: { a: 'b' } }))
  t.equal(firstFilter(written, node({ labels: { a: 'b' }, taints: [taint()] })), 'TaintToleration')
})
