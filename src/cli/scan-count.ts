import { isSuspect, judgePod } from '../scan/judge-pod.ts'
import { createPodTally, type ScanRow } from '../scan/pod-tally.ts'
import type { ScannedPod } from '../scan/scanned-pod.ts'
import type { OneTimeView } from './cluster-source.ts'
import { findWorkloads } from './find-workloads.ts'
import type { FindWorkload } from './owner-lookup.ts'

/** What a scan found. */
export interface Scanned {
  readonly rows: readonly ScanRow[]
  /** How many pods are where they should not be, but exempt. */
  readonly exempt: number
  /** How many nodes there are. */
  readonly nodes: number
}

/** Judges pods as they are read. */
export interface PodCount {
  take(pod: ScannedPod): void
  /** What was found among all that were taken. */
  scanned(findWorkload: FindWorkload): Promise<Scanned>
}

/** The nodes on which some pod could be where it should not. */
export const suspectsOf = (view: OneTimeView): ReadonlySet<string> => {
  const suspects = view.roster.verdicts(view.nowMs).filter(verdict => isSuspect(verdict, view))
  return new Set(suspects.map(({ node }) => node))
}

/** A count of no pods yet; it keeps the names of at most `keptNames` pods of each row. */
export const createPodCount = (view: OneTimeView, keptNames: number): PodCount => {
  const tally = createPodTally({ keptNames, maxRows: Number.POSITIVE_INFINITY })
  let exempt = 0
  return {
    take: pod => {
      const judged = judgePod(pod, view)
      if (judged === 'exempt') exempt += 1
      else if (judged !== null) tally.add(pod, judged)
    },
    scanned: async findWorkload => {
      const rows = tally.rows(await findWorkloads(tally.owners(), findWorkload))
      return { rows, exempt, nodes: view.roster.size }
    },
  }
}
