import t from 'tap'
import { parsePodConstraints } from '../../src/scheduling/parse-pod-constraints.ts'
import { expressions, fields, pod, requirement } from './builders.ts'

const affinity = (required: unknown) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
})
const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution'

t.test('everything the static filters read is read, and nothing else', async t => {
  const spec = {
    containers: [{ name: 7 }],
    nodeName: 'node1',
    nodeSelector: { disk: 'ssd', 'example.com/odd': 'two words' },
    tolerations: [
      { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'b', value: 'c' },
    ],
    affinity: {
      podAffinity: 'ignored',
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: 'ignored',
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: 'cpu', operator: 'Gt', values: ['8'] },
                { key: 'gpu', operator: 'Exists' },
              ],
            },
            { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node1'] }] },
          ],
        },
      },
    },
  }
  t.strictSame(parsePodConstraints(spec, 'spec'), {
    ok: true,
    value: {
      nodeName: 'node1',
      nodeSelector: { disk: 'ssd', 'example.com/odd': 'two words' },
      requiredTerms: [
        expressions(requirement('cpu', 'Gt', '8'), requirement('gpu', 'Exists')),
        fields(requirement('metadata.name', 'In', 'node1')),
      ],
      tolerations: [
        { key: 'a', operator: 'Exists', value: '', effect: 'NoExecute' },
        { key: 'b', operator: '', value: 'c', effect: '' },
      ],
    },
  })
})

const equivalents: { name: string; spec: unknown; want: ReturnType<typeof pod> }[] = [
  { name: 'no spec', spec: undefined, want: pod() },
  { name: 'a null spec', spec: null, want: pod() },
  { name: 'an empty spec', spec: {}, want: pod() },
  { name: 'null fields', spec: { nodeName: null, nodeSelector: null, affinity: null, tolerations: null }, want: pod() },
  { name: 'a null node affinity', spec: { affinity: { nodeAffinity: null } }, want: pod() },
  { name: 'a null required affinity', spec: affinity(null), want: pod() },
  {
    name: 'a required affinity without terms, which matches nothing',
    spec: affinity({}),
    want: pod({ requiredTerms: [] }),
  },
  {
    name: 'null terms, which match nothing',
    spec: affinity({ nodeSelectorTerms: null }),
    want: pod({ requiredTerms: [] }),
  },
  {
    name: 'a null term, which is an empty one',
    spec: affinity({ nodeSelectorTerms: [null, { matchExpressions: null }] }),
    want: pod({ requiredTerms: [expressions(), expressions()] }),
  },
  {
    name: 'a null value of the node selector',
    spec: { nodeSelector: { a: null } },
    want: pod({ nodeSelector: { a: '' } }),
  },
  {
    name: 'a null toleration, which is Equal to nothing',
    spec: { tolerations: [null] },
    want: pod({ tolerations: [{ key: '', operator: '', value: '', effect: '' }] }),
  },
  {
    name: 'requirements that only the scheduler would refuse',
    spec: affinity({
      nodeSelectorTerms: [{ matchExpressions: [{ key: '-', operator: 'In' }], matchFields: [{ operator: 'Gt' }] }],
    }),
    want: pod({
      requiredTerms: [{ matchExpressions: [requirement('-', 'In')], matchFields: [requirement('', 'Gt')] }],
    }),
  },
  { name: 'inherited names, which are no fields', spec: Object.create({ nodeName: 'node1' }), want: pod() },
]

for (const { name, spec, want } of equivalents) {
  t.test(`${name} can be read`, async t => t.strictSame(parsePodConstraints(spec, 'spec'), { ok: true, value: want }))
}

t.test('a node selector keeps keys that objects inherit', async t => {
  const parsed = parsePodConstraints(JSON.parse('{"nodeSelector":{"__proto__":"x"}}'), 'spec')
  t.strictSame(parsed.ok && Object.entries(parsed.value.nodeSelector), [['__proto__', 'x']])
})

const nodeOperators = 'expected one of In, NotIn, Exists, DoesNotExist, Gt, Lt'
const tolerationOperators = 'expected one of Equal, Exists, Lt, Gt'

const faults: { name: string; spec: unknown; want: { path: string; message: string }[] }[] = [
  { name: 'a spec that is text', spec: 'x', want: [{ path: 'spec', message: 'expected an object, found string x' }] },
  {
    name: 'every field of the wrong type',
    spec: { nodeName: 5, nodeSelector: ['a'], affinity: 'near', tolerations: {} },
    want: [
      { path: 'spec.nodeName', message: 'expected a string, found number 5' },
      { path: 'spec.nodeSelector', message: 'expected an object, found a list' },
      { path: 'spec.affinity', message: 'expected an object, found string near' },
      { path: 'spec.tolerations', message: 'expected a list, found an object' },
    ],
  },
  {
    name: 'a value of the node selector',
    spec: { nodeSelector: { 'example.com/gpu': true } },
    want: [{ path: 'spec.nodeSelector[example.com/gpu]', message: 'expected a string, found boolean true' }],
  },
  {
    name: 'a required affinity that is a list',
    spec: affinity([]),
    want: [{ path, message: 'expected an object, found a list' }],
  },
  {
    name: 'a value of a requirement',
    spec: affinity({ nodeSelectorTerms: [{}, { matchExpressions: [{ key: 'a', operator: 'In', values: ['x', 1] }] }] }),
    want: [
      {
        path: `${path}.nodeSelectorTerms[1].matchExpressions[0].values[1]`,
        message: 'expected a string, found number 1',
      },
    ],
  },
  {
    name: 'an operator of an expression that is not known',
    spec: affinity({ nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Near' }] }] }),
    want: [
      {
        path: `${path}.nodeSelectorTerms[0].matchExpressions[0].operator`,
        message: `unknown operator "Near": ${nodeOperators}`,
      },
    ],
  },
  {
    name: 'an operator of a field that is absent',
    spec: affinity({ nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name' }] }] }),
    want: [
      {
        path: `${path}.nodeSelectorTerms[0].matchFields[0].operator`,
        message: `unknown operator "": ${nodeOperators}`,
      },
    ],
  },
  {
    name: 'an operator of a toleration that is not known',
    spec: { tolerations: [{ operator: 'Exists' }, { operator: 'Like' }] },
    want: [{ path: 'spec.tolerations[1].operator', message: `unknown operator "Like": ${tolerationOperators}` }],
  },
  {
    name: 'an operator of the wrong type',
    spec: { tolerations: [{ operator: false }] },
    want: [{ path: 'spec.tolerations[0].operator', message: 'expected a string, found boolean false' }],
  },
]

for (const { name, spec, want } of faults) {
  t.test(`${name} is a problem`, async t => {
    t.strictSame(parsePodConstraints(spec, 'spec'), { ok: false, problems: want })
  })
}
