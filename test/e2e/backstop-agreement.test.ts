// The policy inside the API server and the webhook's own decision, asked about the same binds and pods: they must agree on every node
// that is known, whatever the configuration, the namespace and the person. What the policy knows nothing of is not asked about.
import fc from 'fast-check'
import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import { backstopRules } from '../../src/controller/blocked-nodes/backstop-rules.ts'
import { blockedEntry } from '../../src/controller/blocked-nodes/blocked-entry.ts'
import { buildShards } from '../../src/controller/blocked-nodes/build-shards.ts'
import type { GuardConfiguration, Pool } from '../../src/policy/configuration.ts'
import { MODES } from '../../src/policy/mode.ts'
import { mixedReportOf, NOW_MS, nodeOf, reportOf, viewOf } from '../support/cluster-view.ts'
import { bindingTo, createdPod } from '../support/review-request.ts'
import {
  BLOCKED_NODES,
  createNamespace,
  messageOf,
  PENDING,
  startBackstopCluster,
} from './backstop/backstop-cluster.ts'
import type { Api } from './cluster/api.ts'
import { userIdentity } from './cluster/identity.ts'
import { inParallel } from './cluster/in-parallel.ts'
import { waitFor } from './cluster/wait-for.ts'
import { podObject, podsPath } from './guard/pod-object.ts'
import { testFolder } from './guard/test-folder.ts'

t.setTimeout(150_000)

const LABELS = ['', 'enforce', 'warn', 'audit', 'off', 'Enforce', 'strict']
const NAMESPACES = LABELS.map((label, index) => ({ name: `ns-${index}`, label }))
const USERS = [
  { name: 'somebody', groups: ['team'] },
  { name: 'deployer', groups: ['team'] },
  { name: 'operator', groups: ['team', 'platform'] },
]
const EXEMPT_USERS = ['deployer', 'nobody']
const EXEMPT_GROUPS = ['platform', 'system:masters']
const EXEMPT_NAMESPACES = ['ns-0', 'ns-1', 'kube-system']

const POOLS: readonly Pool[] = MODES.map(mode => ({
  name: mode,
  nodeSelector: { matchLabels: { pool: mode }, matchExpressions: [] },
  mode,
  expectedSnapshotter: 'soci',
  evidence: 'report',
  readyLabels: {},
}))

const NODES = ['default', ...MODES].flatMap(pool =>
  (['ready', 'mixed', 'silent', 'broken'] as const).map(state => ({ name: `${pool}-${state}`, pool, state })),
)

const REPORT_OF = {
  ready: reportOf,
  mixed: mixedReportOf,
  silent: () => null,
  broken: (name: string) => reportOf(name, { runtime: { ...reportOf(name).runtime, criError: 'init failed' } }),
}

const subset = <T>(values: readonly T[]) => fc.subarray([...values]).map(some => new Set(some))

const configurations = fc.record({
  mode: fc.constantFrom('enforce', ...MODES),
  namespaceModes: fc.boolean(),
  unverified: fc.constantFrom('deny', 'warn', 'allow'),
  exemptions: fc.record({
    namespaces: subset(EXEMPT_NAMESPACES),
    users: subset(EXEMPT_USERS),
    groups: subset(EXEMPT_GROUPS),
    runtimeClasses: fc.constant(new Set<string>()),
    podSelector: fc.constant(null),
  }),
})

const cases = NAMESPACES.flatMap(namespace => USERS.flatMap(user => NODES.map(node => ({ namespace, user, node }))))
type Case = (typeof cases)[number]

// A pod comes to a node by a bind, or is created there.
type How = 'bind' | 'create'

// Of all cases only a few end in a denial.
const promising = cases.filter(
  ({ namespace, user, node }) =>
    user.name === 'somebody' &&
    ['default', 'enforce'].includes(node.pool) &&
    !['warn', 'audit', 'off'].includes(namespace.label),
)
const asked = fc
  .tuple(
    fc.shuffledSubarray(cases, { minLength: 40, maxLength: 40 }),
    fc.shuffledSubarray(promising, { minLength: 20, maxLength: 20 }),
  )
  .map(([some, others]) => [...some, ...others].map((one, index): [How, Case] => [index % 2 ? 'create' : 'bind', one]))

// As the API server authenticates a client certificate.
const userOf = ({ name, groups }: (typeof USERS)[number]) => ({
  username: name,
  groups: [...groups, 'system:authenticated'],
})

const clusterWith = (tweak: Partial<GuardConfiguration>) =>
  viewOf({
    configuration: { ...tweak, pools: POOLS },
    nodes: NODES.map(({ name, pool, state }) => [
      nodeOf(name, { labels: pool === 'default' ? {} : { pool } }),
      REPORT_OF[state](name),
    ]),
    namespaceModes: Object.fromEntries(
      NAMESPACES.filter(({ label }) => label !== '').map(({ name, label }) => [name, label]),
    ),
  })

t.test('the backstop answers as the webhook does', { timeout: 140_000 }, async t => {
  const plane = await startBackstopCluster(t, testFolder(t, import.meta.url))
  const { admin } = plane
  for (const { name, label } of NAMESPACES) await createNamespace(plane, name, label === '' ? undefined : label)
  const apiGroup = 'rbac.authorization.k8s.io'
  await admin.create(`/apis/${apiGroup}/v1/clusterrolebindings`, {
    metadata: { name: 'team' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup, kind: 'Group', name: 'team' }],
  })
  const clients = new Map<string, Api>(
    USERS.map(({ name, groups }) => [name, plane.api(userIdentity(plane.files.authority, name, groups))]),
  )
  const policySays = async ({ namespace, user, node }: Case, how: How) => {
    const client = clients.get(user.name) as Api
    const pod = podObject('direct', { spec: { nodeName: node.name } })
    const answer =
      how === 'bind'
        ? await client.dryRunBind(namespace.name, PENDING, node.name)
        : await client.send('POST', `${podsPath(namespace.name)}?dryRun=All`, pod)
    if (answer.status !== 201 && !messageOf(answer).includes('soci-guard-backstop')) throw new Error(messageOf(answer))
    return answer.status === 201 ? 'allow' : 'deny'
  }
  await waitFor('the rights', async () => (await policySays(cases[0] as Case, 'bind')) === 'allow')

  let denials = 0
  const sample = fc.sample(fc.tuple(configurations, asked), { numRuns: 24, seed: 20261122 })
  for (const [tweak, placements] of sample) {
    const view = clusterWith(tweak)
    const webhookSays = ({ namespace, user, node }: Case, how: How) => {
      const tweak = { namespace: namespace.name, user: userOf(user) }
      const outcome =
        how === 'bind'
          ? admit('bindings', bindingTo(node.name, tweak), view)
          : admit('pods', createdPod({ nodeName: node.name }, {}, tweak), view)
      if ('kind' in outcome) throw new Error(`a lookup is needed: ${outcome.kind}`)
      return outcome.decision === 'deny' ? 'deny' : 'allow'
    }
    const shards = buildShards({ entries: entriesOf(view), rules: backstopRules(view.configuration) }, 1)
    for (const [name, text] of shards) await admin.apply(`${BLOCKED_NODES}/${name}`, JSON.parse(text))
    let differing: string[] = []
    await waitFor(
      'agreement',
      async () => {
        differing = []
        await inParallel(placements, 8, async ([how, one]) => {
          const [want, found] = [webhookSays(one, how), await policySays(one, how)]
          const { namespace, user, node } = one
          if (want !== found)
            differing.push(
              `${how} on ${node.name} in ${namespace.name} (${namespace.label}) by ${user.name}: webhook ${want}, policy ${found}`,
            )
        })
        return differing.length === 0
      },
      { deadlineMs: 3_000, everyMs: 200 },
    ).catch(() => undefined)
    t.strictSame(
      differing,
      [],
      JSON.stringify(tweak, (_, value) => (value instanceof Set ? [...value] : value)),
    )
    denials += placements.filter(([how, one]) => webhookSays(one, how) === 'deny').length
  }
  t.ok(denials > 150, `${denials} of ${24 * 60} were denials`)
  t.comment(`${24 * 60} placements under 24 configurations, ${denials} denied`)
})

const entriesOf = ({ roster, configuration }: ReturnType<typeof viewOf>): Map<string, string> => {
  const entries = new Map<string, string>()
  for (const verdict of roster.verdicts(NOW_MS)) {
    const entry = blockedEntry(verdict, configuration, { isBraked: false, entryBefore: undefined })
    if (entry !== undefined) entries.set(verdict.node, entry)
  }
  return entries
}
