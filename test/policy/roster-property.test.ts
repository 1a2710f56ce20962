import fc from 'fast-check'
import t from 'tap'
import type { GuardConfiguration } from '../../src/policy/configuration.ts'
import { judgeNode } from '../../src/policy/judge-node.ts'
import type { NodeFacts } from '../../src/policy/node-facts.ts'
import type { NodeVerdict } from '../../src/policy/node-verdict.ts'
import { isJudgedByReport, isOutage } from '../../src/policy/outage.ts'
import { createRoster } from '../../src/policy/roster.ts'
import type { NodeReport } from '../../src/report/node-report.ts'
import { firstFilter } from '../../src/scheduling/node-filter.ts'
import type { PodConstraints } from '../../src/scheduling/pod-constraints.ts'
import { configurationOf, foreignContainer, nodeOf, poolNamed, reportOf } from './evidence-builders.ts'

// Few names and few variants, so that the steps meet each other often.
const names = fc.constantFrom('a', 'b', 'c', 'd', 'e')

const nodes = fc
  .record({
    name: names,
    pool: fc.constantFrom('', 'off', 'label'),
    uid: fc.constantFrom('u1', 'u2'),
    tainted: fc.boolean(),
    cordoned: fc.boolean(),
  })
  .map(({ name, pool, uid, tainted, cordoned }) =>
    nodeOf(node => {
      node.name = name
      node.uid = uid
      node.labels = { pool }
      node.unschedulable = cordoned
      if (tainted) node.taints = [{ key: 'k', value: '', effect: 'NoSchedule' }]
    }),
  )

const reports = fc
  .record({ name: names, uid: fc.constantFrom('u1', 'u2'), verified: fc.boolean(), mixed: fc.boolean() })
  .map(({ name, uid, verified, mixed }) =>
    reportOf(report => {
      report.name = name
      report.nodeUID = uid
      report.verified = verified
      if (mixed) report.containers.foreign = [foreignContainer('2026-11-22T09:00:00Z')]
    }),
  )

const configurations = fc
  .record({
    mode: fc.constantFrom('enforce', 'warn'),
    ttl: fc.constantFrom(10, 50),
    answer: fc.constantFrom('hold', 'deny'),
    fraction: fc.constantFrom(0.3, 0.6),
  })
  .map(({ mode, ttl, answer, fraction }) =>
    configurationOf({
      mode,
      reportTTLMs: ttl,
      outage: { fraction, answer },
      pools: [
        poolNamed('off', { mode: 'off' }),
        poolNamed('label', { evidence: 'label', readyLabels: { ready: 'true' } }),
      ],
    }),
  )

type Step =
  | { readonly kind: 'setNode'; readonly node: NodeFacts }
  | { readonly kind: 'removeNode' | 'removeReport'; readonly name: string }
  | { readonly kind: 'setReport'; readonly report: NodeReport; readonly agoMs: number }
  | { readonly kind: 'wait' | 'advance'; readonly ms: number }
  | { readonly kind: 'reconfigure'; readonly configuration: GuardConfiguration }

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: nodes.map(node => ({ kind: 'setNode' as const, node })) },
  { weight: 1, arbitrary: names.map(name => ({ kind: 'removeNode' as const, name })) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('setReport' as const), report: reports, agoMs: fc.nat(20) }) },
  { weight: 1, arbitrary: names.map(name => ({ kind: 'removeReport' as const, name })) },
  { weight: 2, arbitrary: fc.nat(30).map(ms => ({ kind: 'wait' as const, ms })) },
  { weight: 3, arbitrary: fc.nat(30).map(ms => ({ kind: 'advance' as const, ms })) },
  { weight: 1, arbitrary: configurations.map(configuration => ({ kind: 'reconfigure' as const, configuration })) },
)

const constraints: fc.Arbitrary<PodConstraints> = fc.record({
  nodeName: fc.constantFrom('', 'a'),
  nodeSelector: fc.constantFrom({}, { pool: '' }),
  requiredTerms: fc.constant(null),
  tolerations: fc.constantFrom([], [{ key: '', operator: 'Exists', value: '', effect: '' }]),
})

/** The same roster without any cache: it judges everything anew whenever it is asked. */
const createModel = (initial: GuardConfiguration) => {
  const known = new Map<string, NodeFacts>()
  const seen = new Map<string, { report: NodeReport; movedAtMs: number }>()
  const state = { configuration: initial, nowMs: 1000, outage: false }

  const judge = (name: string, held: boolean): NodeVerdict => {
    const timed = seen.get(name)
    const fresh = timed !== undefined && state.nowMs - timed.movedAtMs <= state.configuration.reportTTLMs
    return judgeNode({ name, node: known.get(name), report: timed?.report, fresh, held }, state.configuration)
  }

  const isOut = (): boolean => {
    const judged = [...known.keys()].map(name => judge(name, false)).filter(isJudgedByReport)
    const unverified = judged.filter(verdict => verdict.state === 'Unverified').length
    return isOutage({ judgedByReport: judged.length, unverified }, state.configuration.outage)
  }

  const verdicts = (): NodeVerdict[] =>
    [...known.keys()].sort().map(name => judge(name, state.outage && state.configuration.outage.answer === 'hold'))

  return { known, seen, state, isOut, verdicts }
}

const summaryOf = (constraints: PodConstraints, model: ReturnType<typeof createModel>) => {
  const eligible = model.verdicts().filter(({ node }) => {
    const facts = model.known.get(node)
    return facts !== undefined && firstFilter(constraints, facts) === null
  })
  const groups: Record<string, string[]> = {}
  for (const { state, reason, mode, node } of eligible.filter(verdict => verdict.state !== 'Ready')) {
    groups[`${state}/${reason}/${mode}`] = [...(groups[`${state}/${reason}/${mode}`] ?? []), node]
  }
  return { eligible: eligible.length, ready: eligible.filter(({ state }) => state === 'Ready').length, groups }
}

const apply = (step: Step, roster: ReturnType<typeof createRoster>, model: ReturnType<typeof createModel>): void => {
  const { state, known, seen } = model
  switch (step.kind) {
    case 'setNode':
      known.set(step.node.name, step.node)
      roster.setNode(step.node, state.nowMs)
      break
    case 'removeNode':
      known.delete(step.name)
      roster.removeNode(step.name)
      break
    case 'setReport':
      seen.set(step.report.name, { report: step.report, movedAtMs: state.nowMs - step.agoMs })
      roster.setReport(step.report, state.nowMs - step.agoMs, state.nowMs)
      break
    case 'removeReport':
      seen.delete(step.name)
      roster.removeReport(step.name)
      break
    case 'wait':
      state.nowMs += step.ms
      break
    case 'advance':
      state.nowMs += step.ms
      state.outage = model.isOut()
      roster.advance(state.nowMs)
      break
    case 'reconfigure':
      state.configuration = step.configuration
      roster.reconfigure(step.configuration, state.nowMs)
      break
  }
}

const assertSame = (found: unknown, want: unknown): void => {
  const [one, other] = [JSON.stringify(found, sorted), JSON.stringify(want, sorted)]
  if (one !== other) throw new Error(`found ${one}\nwanted ${other}`)
}

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value

t.test('after any history the roster says what judging every node anew says', async t => {
  fc.assert(
    fc.property(
      configurations,
      fc.array(steps, { maxLength: 60, size: 'max' }),
      constraints,
      (configuration, history, constraints) => {
        const roster = createRoster(configuration)
        const model = createModel(configuration)
        for (const step of history) {
          apply(step, roster, model)
          const { nowMs } = model.state
          const want = model.verdicts()
          assertSame(
            want.map(({ node }) => roster.judge(node, nowMs)),
            want,
          )
          assertSame(roster.verdicts(nowMs), want)
          assertSame(roster.outage, model.state.outage)
          assertSame(roster.size, want.length)
          for (const [name, count] of Object.entries(roster.stateCounts())) {
            assertSame(count, want.filter(({ state }) => state === name).length)
          }
          const { eligible, ready, groups } = roster.candidates(constraints)
          const grouped = groups.map(({ state, reason, mode, nodes }) => [
            `${state}/${reason}/${mode}`,
            [...nodes].sort(),
          ])
          assertSame({ eligible, ready, groups: Object.fromEntries(grouped) }, summaryOf(constraints, model))
          assertSame(
            groups.map(({ count }) => count),
            groups.map(({ nodes }) => nodes.length).sort((a, b) => b - a),
          )
          for (const { name, filter, eligible, verdict } of roster.explain(constraints, nowMs)) {
            const facts = model.known.get(name)
            assertSame(filter, facts === undefined ? 'missing' : firstFilter(constraints, facts))
            assertSame([eligible, verdict], [filter === null, want.find(({ node }) => node === name)])
          }
        }
      },
    ),
    { numRuns: 300 },
  )
  t.pass('for random histories')
})
