import { join } from 'node:path'
import t from 'tap'
import { ROOT, runBin } from '../support/run-bin.ts'

const JUDGED_BY = ['--inventory', join(ROOT, 'examples/inventory.yaml'), '--config', join(ROOT, 'examples/guard.yaml')]
const PODS = join(ROOT, 'examples/pods')

const POD = (fields: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers: []\n${fields}`

const recordsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

const VERDICTS: readonly { name: string; manifest: string; verdict: string; code: number; message: RegExp }[] = [
  {
    name: 'a pod on a ready node',
    manifest: POD('  nodeName: soci-1\n'),
    verdict: 'allow',
    code: 0,
    message: /^node soci-1 is Ready$/,
  },
  {
    name: 'a pod on a mixed node',
    manifest: POD('  nodeName: mixed-1\n'),
    verdict: 'deny',
    code: 1,
    message: /^node mixed-1 is Mixed \(ConfiguredAfterLaunch\): /,
  },
  {
    name: 'a pod that may go to good and bad nodes',
    manifest: POD(''),
    verdict: 'warn',
    code: 0,
    message: /^5 of 8 eligible nodes are not SOCI-ready; pods are refused there/,
  },
  {
    name: 'a pod that may go to bad nodes only',
    manifest: POD('  nodeSelector: { kubernetes.io/hostname: broken-1 }\n'),
    verdict: 'deny',
    code: 1,
    message: /^the only eligible node is not SOCI-ready: this pod could not start anywhere/,
  },
  {
    name: 'a pod that may go nowhere',
    manifest: POD('  nodeSelector: { gone: "true" }\n'),
    verdict: 'warn',
    code: 0,
    message: /^no node is eligible: NodeAffinity keeps the pod off 8 of 9 nodes$/,
  },
  {
    name: 'a pod in an exempt namespace',
    manifest: POD('  nodeName: mixed-1\n').replace('name: p', 'name: p, namespace: kube-system'),
    verdict: 'allow',
    code: 0,
    message: /^exempt by namespace$/,
  },
]

t.test('verdict and exit code of', async t => {
  for (const { name, manifest, verdict, code, message } of VERDICTS) {
    t.test(name, async t => {
      const result = await runBin(['check', ...JUDGED_BY, '-f', '-', '-o', 'json'], { input: manifest })
      t.equal(result.stderr, '')
      const [record] = recordsOf(result.stdout)
      t.match(record, { kind: 'Pod', name: 'p', verdict, message })
      t.notOk('nodes' in record)
      t.equal(result.code, code)
    })
  }
})

t.test('--explain tells every node, whether it is eligible, what keeps the pod off and its state', async t => {
  const { code, stdout } = await runBin([
    'check',
    ...JUDGED_BY,
    '-f',
    join(PODS, 'cronjob.yaml'),
    '--explain',
    '-o',
    'json',
  ])
  t.equal(code, 0)
  const [record, ...more] = recordsOf(stdout)
  t.strictSame(more, [])
  t.strictSame(Object.keys(record), ['kind', 'namespace', 'name', 'verdict', 'message', 'nodes'])
  t.match(record, { kind: 'CronJob', namespace: 'shop', name: 'nightly-invoice', verdict: 'allow' })
  t.equal(record.nodes.length, 9)
  t.strictSame(record.nodes[0], { name: 'bottlerocket-1', eligible: true, filter: null, state: 'Ready', reason: '' })
  t.strictSame(record.nodes[1], {
    name: 'broken-1',
    eligible: false,
    filter: 'NodeAffinity',
    state: 'Broken',
    reason: 'SnapshotterUnavailable',
  })
  t.strictSame(record.nodes[8], {
    name: 'windows-1',
    eligible: false,
    filter: 'TaintToleration',
    state: 'NotDefault',
    reason: 'UnsupportedOperatingSystem',
  })
})

t.test(
  'a folder, and several files, are checked in their order; what bears no pods is said in the table only',
  async t => {
    const table = await runBin(['check', ...JUDGED_BY, '-f', PODS])
    t.equal(table.code, 1)
    t.strictSame(
      table.stdout.split('\n').map(line => line.split(' ').slice(0, 3).join(' ')),
      [
        'CronJob shop/nightly-invoice: ALLOW',
        'DaemonSet shop/log-shipper: WARN',
        'Deployment shop/web: WARN',
        'Service shop/web: skipped,',
        'Pod shop/report-once: DENY',
        '',
      ],
    )
    const json = await runBin([
      'check',
      ...JUDGED_BY,
      '-f',
      join(PODS, 'deployment.yaml'),
      '-f',
      join(PODS, 'cronjob.yaml'),
      '-o',
      'json',
    ])
    t.strictSame(
      recordsOf(json.stdout).map(({ kind }) => kind),
      ['Deployment', 'CronJob'],
    )
  },
)

t.test('the table of nodes is aligned, and without colour in a pipe', async t => {
  const { stdout } = await runBin(['check', ...JUDGED_BY, '-f', join(PODS, 'pod-with-node-name.yaml'), '--explain'])
  const lines = stdout.split('\n')
  t.equal(lines[1], '  NODE             ELIGIBLE   STATE        REASON                       FILTER')
  t.equal(lines[5], '  overlay-1        yes        NotDefault   SnapshotterNotRegistered     <none>')
  t.notMatch(stdout, '\u001b')
})

t.test('--color colours a pipe too, unless NO_COLOR is set', async t => {
  const args = ['check', ...JUDGED_BY, '-f', PODS, '--color']
  t.match((await runBin(args)).stdout, '\u001b[31mDENY\u001b[39m')
  t.notMatch((await runBin(args, { env: { NO_COLOR: '1' } })).stdout, '\u001b')
})

const BAD: readonly { name: string; input: string; stderr: string }[] = [
  {
    name: 'nothing at all',
    input: '',
    stderr: 'soci-guard: standard input: document 1, line 1: expected Kubernetes objects, found none\n',
  },
  {
    name: 'what is not an object',
    input: 'hello\n',
    stderr: 'soci-guard: standard input: document 1, line 1: expected a Kubernetes object, found "hello"\n',
  },
  {
    name: 'a field of the wrong type',
    input: `${POD('')}---\n${POD('  nodeSelector: { gpu: true }\n')}`,
    stderr:
      'soci-guard: standard input: document 2, line 12: spec.nodeSelector.gpu: expected a string, found boolean true\n',
  },
  {
    name: 'an operator that does not exist',
    input: POD('  tolerations: [{ key: a, operator: Like, value: b }]\n'),
    stderr:
      'soci-guard: standard input: document 1, line 6: spec.tolerations[0].operator: unknown operator "Like": expected one of Equal, Exists, Lt, Gt\n',
  },
  {
    name: 'a workload without a template',
    input: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\n',
    stderr: 'soci-guard: standard input: document 1, line 1: spec.template.spec: expected an object, found none\n',
  },
]

t.test('exit code 2, document, line and path for', async t => {
  for (const { name, input, stderr } of BAD) {
    t.test(name, async t => {
      const result = await runBin(['check', ...JUDGED_BY, '-f', '-'], { input })
      t.equal(result.stderr, stderr)
      t.equal(result.code, 2)
    })
  }
})

t.test('a bad document, or a file that is not there, does not hide the good ones', async t => {
  const input = `${POD('  nodeName: mixed-1\n')}---\n{ kind: Pod\n`
  const result = await runBin(
    ['check', ...JUDGED_BY, '-f', '-', '-f', '/nowhere/x.yaml', '-f', join(PODS, 'cronjob.yaml')],
    { input },
  )
  t.match(result.stdout, /^Pod default\/p: DENY .*\nCronJob shop\/nightly-invoice: ALLOW .*\n$/)
  t.match(result.stderr, 'soci-guard: cannot read /nowhere/x.yaml: no such file or directory\n')
  t.match(result.stderr, 'soci-guard: standard input: document 2, ')
  t.equal(result.code, 2)
})

t.test('the objects of a List are checked one by one, and YAML can be asked for', async t => {
  const input = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: ['a', 'b'].map(name => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { nodeName: 'soci-1' },
    })),
  })
  const { stdout } = await runBin(['check', ...JUDGED_BY, '-f', '-', '-o', 'yaml'], { input })
  const document = (name: string) =>
    `---\nkind: Pod\nnamespace: default\nname: ${name}\nverdict: allow\nmessage: node soci-1 is Ready\n`
  t.equal(stdout, document('a') + document('b'))
})
