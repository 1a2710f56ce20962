import type { Load, LoadResult } from './run-load.ts'
import { runLoad } from './run-load.ts'
import type { ServerProcess } from './server-process.ts'

/** Ours beside the reference over several interleaved rounds: the median of each, and the median of the rounds' ratios. */
export interface Comparison {
  readonly name: string
  readonly rounds: number
  readonly reference: LoadResult
  readonly ours: LoadResult
  /** Our requests a second over the reference's, round by round. */
  readonly throughputRatio: number
  /** Our p99 minus the reference's, round by round. */
  readonly p99DifferenceMs: number
}

/** The middle value; of an even count the upper one. */
export const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN

const medianResult = (results: readonly LoadResult[]): LoadResult => ({
  requests: median(results.map(result => result.requests)),
  failures: 0,
  perSecond: median(results.map(result => result.perSecond)),
  p50Ms: median(results.map(result => result.p50Ms)),
  p99Ms: median(results.map(result => result.p99Ms)),
  cpuMicroseconds: median(results.map(result => result.cpuMicroseconds)),
})

/** Loads both servers in turn, reference first, so that a machine that changes its speed changes it for both. */
export const compare = async (
  name: string,
  servers: { readonly reference: ServerProcess; readonly ours: ServerProcess },
  load: Load,
  rounds: number,
): Promise<Comparison> => {
  const pairs: { reference: LoadResult; ours: LoadResult }[] = []
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({ reference: await runLoad(servers.reference, load), ours: await runLoad(servers.ours, load) })
  }
  return {
    name,
    rounds,
    reference: medianResult(pairs.map(pair => pair.reference)),
    ours: medianResult(pairs.map(pair => pair.ours)),
    throughputRatio: median(pairs.map(({ reference, ours }) => ours.perSecond / reference.perSecond)),
    p99DifferenceMs: median(pairs.map(({ reference, ours }) => ours.p99Ms - reference.p99Ms)),
  }
}
