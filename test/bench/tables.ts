import type { Comparison } from './compare.ts'
import type { DecisionTiming } from './decision.ts'

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

const whole = (value: number): string => value.toFixed(0)
const precise = (value: number): string => value.toFixed(2)

/** The comparisons as a Markdown table, one row a body. */
export const comparisonTable = (comparisons: readonly Comparison[]): string =>
  [
    row([
      'body',
      'reference req/s',
      'ours req/s',
      'ratio',
      'reference µs CPU',
      'ours µs CPU',
      'reference p50/p99 ms',
      'ours p50/p99 ms',
      'p99 difference ms',
    ]),
    row(['---', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:']),
    ...comparisons.map(({ name, reference, ours, throughputRatio, p99DifferenceMs }) =>
      row([
        name,
        whole(reference.perSecond),
        whole(ours.perSecond),
        precise(throughputRatio),
        whole(reference.cpuMicroseconds),
        whole(ours.cpuMicroseconds),
        `${precise(reference.p50Ms)} / ${precise(reference.p99Ms)}`,
        `${precise(ours.p50Ms)} / ${precise(ours.p99Ms)}`,
        precise(p99DifferenceMs),
      ]),
    ),
  ].join('\n')

/** The timings of the core as a Markdown table. */
export const timingTable = (timings: readonly DecisionTiming[]): string =>
  [
    row(['operation', 'µs']),
    row(['---', '---:']),
    ...timings.map(({ name, nanoseconds }) => row([name, (nanoseconds / 1000).toFixed(3)])),
  ].join('\n')
