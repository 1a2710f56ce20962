import { performance } from 'node:perf_hooks'
import { DEFAULT_CONFIGURATION } from '../../src/config/default-configuration.ts'
import type { Parsed } from '../../src/errors.ts'
import { parseNodeFacts } from '../../src/policy/parse-node-facts.ts'
import { createRoster, type Roster } from '../../src/policy/roster.ts'
import { parseNodeReport } from '../../src/report/parse-node-report.ts'
import { parsePodConstraints } from '../../src/scheduling/parse-pod-constraints.ts'
import type { PodConstraints } from '../../src/scheduling/pod-constraints.ts'
import { benchNode, benchReport, MIXED_PLACE, nodeName, READY_PLACE } from './big-inventory.ts'

/** One operation of the core, timed alone. */
export interface DecisionTiming {
  readonly name: string
  readonly nanoseconds: number
}

const parsed = <Value>(result: Parsed<Value>): Value => {
  if (!result.ok) throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
  return result.value
}

const bigRoster = (count: number): { roster: Roster; buildMs: number } => {
  const nodes = Array.from({ length: count }, (_, at) => parsed(parseNodeFacts(benchNode(at))))
  const reports = Array.from({ length: count }, (_, at) => parsed(parseNodeReport(benchReport(at))))
  const startedAt = performance.now()
  const roster = createRoster(DEFAULT_CONFIGURATION)
  for (const node of nodes) roster.setNode(node, 0)
  for (const report of reports) roster.setReport(report, 0, 0)
  return { roster, buildMs: performance.now() - startedAt }
}

// Processor time, because the machine has other work and a core that is shared out stretches the clock's.
const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

// The median of several runs, each long enough that the clock's grain does not show.
const time = (name: string, operation: (round: number) => unknown): DecisionTiming => {
  let kept: unknown
  const runOnce = (times: number): number => {
    const startedAt = processorMs()
    for (let round = 0; round < times; round += 1) kept = operation(round)
    return ((processorMs() - startedAt) * 1e6) / times
  }
  runOnce(2_000)
  const times = Math.max(200, Math.min(2_000_000, Math.floor(1e8 / Math.max(20, runOnce(2_000)))))
  const runs = Array.from({ length: 7 }, () => runOnce(times)).sort((one, other) => one - other)
  if (kept === undefined) throw new Error(`${name} returned nothing`)
  return { name, nanoseconds: runs[3] ?? Number.NaN }
}

const constraints = (spec: unknown): PodConstraints => parsed(parsePodConstraints(spec, 'spec'))

const required = (...nodeSelectorTerms: unknown[]): unknown => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
})

const CONSTRAINT_SETS: Record<string, PodConstraints> = {
  light: constraints({ nodeSelector: { 'kubernetes.io/os': 'linux' } }),
  typical: constraints({
    nodeSelector: { 'kubernetes.io/arch': 'amd64', 'karpenter.sh/capacity-type': 'on-demand' },
    affinity: required({
      matchExpressions: [
        { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-central-1a', 'eu-central-1b'] },
      ],
    }),
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
  }),
  heavy: constraints({
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    affinity: required(
      ...Array.from({ length: 6 }, (_, term) => ({
        matchExpressions: [
          {
            key: 'karpenter.sh/nodepool',
            operator: 'In',
            values: Array.from({ length: 12 }, (_, at) => `pool-${term * 6 + at}`),
          },
          { key: 'node.kubernetes.io/instance-type', operator: 'NotIn', values: ['m7i.large', 'c7g.4xlarge'] },
          { key: 'example.com/generation', operator: 'Gt', values: ['2'] },
          { key: 'kubernetes.io/hostname', operator: 'Exists', values: [] },
          { key: 'example.com/absent', operator: 'DoesNotExist', values: [] },
        ],
      })),
    ),
    tolerations: Array.from({ length: 10 }, (_, at) => ({ key: `dedicated-${at}`, operator: 'Equal', value: 'yes' })),
  }),
}

/** Times the decision on one node and the candidate sets over an inventory of that many nodes. */
export const timeDecisions = (count: number): { timings: DecisionTiming[]; buildMs: number } => {
  const { roster, buildMs } = bigRoster(count)
  const ready = nodeName(READY_PLACE)
  const names = Array.from({ length: 1_024 }, (_, at) => nodeName((at * 14) % count))
  return {
    buildMs,
    timings: [
      time('verdict on one ready node', () => roster.judge(ready, 1)),
      time('verdict on one mixed node', () => roster.judge(nodeName(MIXED_PLACE), 1)),
      time('verdict on nodes at random', round => roster.judge(names[round & 1_023] ?? ready, 1)),
      ...Object.entries(CONSTRAINT_SETS).map(([name, set]) =>
        time(`candidates, ${name} constraints`, () => roster.candidates(set)),
      ),
      time('one node replaced', round => {
        roster.setNode(parsed(parseNodeFacts(benchNode(round % count))), 1)
        return true
      }),
    ],
  }
}
