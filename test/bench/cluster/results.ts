import type { BindRound } from './bind-round.ts'
import type { Burst } from './change-rounds.ts'
import type { StartRound } from './start-round.ts'
import { median, percentile } from './statistics.ts'

/** The lanes that are compared, in the order of the table. */
export const LANES = ['none', 'constant', 'ours'] as const

/** One of them. */
export type LaneName = (typeof LANES)[number]

/** Everything that a run measured. */
export interface Results {
  machine: string
  kubernetes: string
  nodes: number
  nodeBytes: number
  binds: Record<LaneName, BindRound[]>
  starts: StartRound[]
  /** The first of them in a heap of 128 MB. */
  smallHeapStart: StartRound
  serverOwnMs: number
  cpuPerNodeUpdateMs: number
  reportChangeMs: number[]
  labelChangeMs: number[]
  burst: Burst & { changes: number }
  residentMB: number
  peakMB: number
  apiServerMB: number
}

/** The results as Markdown: binds in each lane, and what the inventory costs, each with its goal where there is one. */
export function formatResults(results: Results): string {
  return [...bindTable(results), '', ...inventoryTable(results)].join('\n')
}

function bindTable({ binds }: Results): string[] {
  const figure = (pick: (round: BindRound) => number, digits: number) =>
    LANES.map(lane => {
      const value = median(binds[lane].map(pick))
      return Number.isNaN(value) ? '–' : value.toFixed(digits)
    })
  const middle = (lane: LaneName, pick: (round: BindRound) => number) => median(binds[lane].map(pick))
  const difference = middle('ours', round => round.p50Ms) - middle('constant', round => round.p50Ms)
  const ratio = middle('ours', round => round.perSecond) / middle('constant', round => round.perSecond)
  const p50 = figure(round => round.p50Ms, 2)
  const p99 = figure(round => round.p99Ms, 1)
  return table(
    ['dry-run binds through the API server', 'no webhook', 'constant node:https', 'soci-guard', 'goal'],
    [
      [
        'one at a time, p50 / p99 ms',
        ...LANES.map((_, at) => `${p50[at]} / ${p99[at]}`),
        `+${difference.toFixed(2)} ≤ +0.2`,
      ],
      ['binds/s, 16 at once', ...figure(round => round.perSecond, 0), `${ratio.toFixed(2)} ≥ 0.95`],
      ['webhook CPU per bind, ms', ...figure(round => round.webhookCpuMs, 2), '≤ 0.3'],
      ['API server CPU per bind, ms', ...figure(round => round.apiServerCpuMs, 2), ''],
    ],
  )
}

function inventoryTable(results: Results): string[] {
  const { starts, smallHeapStart, burst } = results
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`
  const ofStarts = (pick: (round: StartRound) => number) => starts.map(pick)
  const first = median(ofStarts(start => start.firstRightMs))
  const wrong = starts.reduce((sum, start) => sum + start.wrong, smallHeapStart.wrong)
  const p50 = (times: readonly number[]) => `${median(times).toFixed(1)} ms (p99 ${percentile(times, 0.99).toFixed(1)})`
  return table(
    [`${results.nodes} nodes of ${(results.nodeBytes / 1_000).toFixed(1)} KB and their reports`, 'measured', 'goal'],
    [
      ['exec → right answers (median)', seconds(first), '≤ 0.6 s at 3,000'],
      ['the API server alone sends all of it in', seconds(results.serverOwnMs), ''],
      ['so beyond the API server', seconds(first - results.serverOwnMs), '≤ 1.5 s at 15,000'],
      [`wrong answers in ${starts.length + 1} starts`, String(wrong), '0'],
      [
        'longest stall while starting',
        `${Math.max(...ofStarts(start => start.longestStallMs)).toFixed(0)} ms`,
        '≤ 30 ms',
      ],
      ['CPU of a start', seconds(median(ofStarts(start => start.cpuMs))), ''],
      ['in a heap of 128 MB', `ready in ${seconds(smallHeapStart.firstRightMs)}`, 'works'],
      [
        'RSS after a start, at its peak',
        `${median(ofStarts(start => start.restMB)).toFixed(0)} MB, ${Math.max(...ofStarts(start => start.peakMB)).toFixed(0)} MB`,
        '≤ 90 MB at 3,000; peak ≤ 150 MB at 15,000',
      ],
      ['RSS after everything, at its peak', `${results.residentMB.toFixed(0)} MB, ${results.peakMB.toFixed(0)} MB`, ''],
      ['CPU per Node update', `${results.cpuPerNodeUpdateMs.toFixed(3)} ms`, '≤ 0.1 ms'],
      ['report change → right answer, p50', p50(results.reportChangeMs), '≤ 5 ms'],
      ['label change → right answer, p50', p50(results.labelChangeMs), '≤ 5 ms'],
      [
        `longest review while ${burst.changes} changes are taken in at once`,
        `${burst.longestReviewMs.toFixed(0)} ms of ${burst.reviews} reviews, ${burst.wrong} wrong`,
        '≤ 30 ms',
      ],
      ['API server RSS', `${results.apiServerMB.toFixed(0)} MB`, ''],
    ],
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)]
}
