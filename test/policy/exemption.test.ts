import t from 'tap'
import { findPodExemption, findRequestExemption } from '../../src/policy/exemption.ts'

const exemptions = {
  namespaces: new Set(['kube-system']),
  users: new Set(['system:admin']),
  groups: new Set(['breakglass']),
  runtimeClasses: new Set(['kata']),
  podSelector: { matchLabels: { exempt: 'yes' }, matchExpressions: [] },
}

const REQUESTS = [
  {
    name: 'of an exempt namespace',
    request: { namespace: 'kube-system', username: 'system:admin', groups: [] },
    want: 'namespace',
  },
  {
    name: 'of an exempt user',
    request: { namespace: 'a', username: 'system:admin', groups: ['breakglass'] },
    want: 'user',
  },
  {
    name: 'of a member of an exempt group',
    request: { namespace: 'a', username: 'b', groups: ['c', 'breakglass'] },
    want: 'group',
  },
  { name: 'of anybody else', request: { namespace: 'a', username: 'b', groups: ['c'] }, want: null },
  {
    name: 'with a namespace that only looks like one',
    request: { namespace: 'kube-system2', username: '', groups: [] },
    want: null,
  },
]

for (const { name, request, want } of REQUESTS) {
  t.test(`a request ${name} is exempt by ${want ?? 'nothing'}`, async t => {
    t.equal(findRequestExemption(request, exemptions), want)
  })
}

const pod = { labels: {}, annotations: {}, runtimeClassName: '', groups: ['system:nodes'] }
const mirror = { 'kubernetes.io/config.mirror': 'hash' }
const PODS = [
  {
    name: 'of an exempt runtime class',
    pod: { ...pod, runtimeClassName: 'kata', annotations: mirror },
    want: 'runtimeClass',
  },
  { name: 'that mirrors a static pod', pod: { ...pod, annotations: mirror }, want: 'mirrorPod' },
  {
    name: 'with the annotation from somebody who is no node',
    pod: { ...pod, annotations: mirror, groups: ['system:masters'] },
    want: null,
  },
  { name: 'from a node without the annotation', pod, want: null },
  { name: 'that the selector selects', pod: { ...pod, labels: { exempt: 'yes' } }, want: 'podSelector' },
  { name: 'that the selector does not select', pod: { ...pod, labels: { exempt: 'no' } }, want: null },
]

for (const { name, pod, want } of PODS) {
  t.test(`a pod ${name} is exempt by ${want ?? 'nothing'}`, async t => t.equal(findPodExemption(pod, exemptions), want))
}

t.test('without a selector or with no runtime class nobody is exempt by accident', async t => {
  const none = { ...exemptions, podSelector: null, runtimeClasses: new Set(['']) }
  t.equal(findPodExemption({ ...pod, labels: { exempt: 'yes' } }, none), null)
})
