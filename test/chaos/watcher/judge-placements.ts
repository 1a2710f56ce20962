import type { History, Placement, TruthChange } from './history.ts'

/*
 * Last delivered truth. Everything that the guard can know of a node is in two objects, the Node and its report, and both are stored
 * by the API server. A truth is delivered when the write that brings it is committed to etcd: from that moment on a watch can tell it.
 * etcd numbers all commits, so the last delivered truth of a node at a placement is what the newest revisions of the two objects before
 * the placement's own revision say. What an agent knows and has not yet written, and what is not said because an agent is silent, is
 * not delivered. While more nodes than the configured fraction are unverified (the brake), a report that is only not verified says Ready.
 *
 * In flight. A placement is asked about when its request comes to the API server (audit log), and committed after that. The guard must
 * refuse when the request came later than the allowance after
 *   - the node's last truth stopped being Ready (the commit of the first of the unbroken row of revisions that say not Ready), and
 *   - the API server last came back from a kill or a freeze: nobody can hear it before that.
 * An earlier request was in flight, and so was one that came while the API server was going down or coming up: it is counted with its
 * lag, and not judged. Every other placement on a node that was not Ready
 * is a violation.
 */

/** What the watcher is told of the run. */
export interface Terms {
  /** How long the guard may take to hear a truth. */
  allowanceMs: number
  /** From each fault of the API server to when it was ready again; ascending. */
  serverDown: readonly { fromMs: number; toMs: number }[]
  /** Namespaces in which nothing is refused. */
  exempt: readonly string[]
}

/** A placement on a node whose last delivered truth was not Ready. */
export interface BadPlacement extends Placement {
  why: string
  /** From the moment when the truth could be heard to the request; below zero, the request came first. */
  lagMs: number
}

/** What became of all placements. */
export interface Verdict {
  judged: number
  exempt: number
  violations: BadPlacement[]
  inFlight: BadPlacement[]
}

/** Without a line in the audit log (the API server was killed in the middle) a request counts as this much older than its commit. */
const UNKNOWN_REQUEST_MS = 10_000

/** Judges every placement; `receivedMs` tells when a placement's request came, if that is known. */
export function judgePlacements(
  { truths, placements, outages }: History,
  receivedMs: (placement: Placement) => number | undefined,
  { allowanceMs, serverDown, exempt }: Terms,
): Verdict {
  const verdict: Verdict = { judged: 0, exempt: 0, violations: [], inFlight: [] }
  for (const placement of placements) {
    if (exempt.includes(placement.namespace)) {
      verdict.exempt++
      continue
    }
    verdict.judged++
    const bad = badStretch(truths.get(placement.node) ?? [], placement.revision)
    if (!bad) continue
    const requestMs = receivedMs(placement) ?? placement.atMs - UNKNOWN_REQUEST_MS
    const isHeld =
      bad.last.holdable &&
      outages.some(({ fromMs, toMs }) => fromMs <= placement.atMs && requestMs <= toMs + allowanceMs)
    if (isHeld) continue
    const backMs = serverDown.findLast(({ fromMs }) => fromMs <= requestMs)?.toMs ?? 0
    const lagMs = requestMs - Math.max(bad.sinceMs, backMs)
    const found = { ...placement, why: bad.last.why, lagMs }
    if (lagMs > allowanceMs) verdict.violations.push(found)
    else verdict.inFlight.push(found)
  }
  return verdict
}

/** The unbroken row of truths before a revision that are not Ready; undefined when the last one is. A node never heard of is bad. */
function badStretch(truths: readonly TruthChange[], revision: number) {
  const before = truths.filter(truth => truth.revision < revision)
  const last = before.at(-1) ?? { holdable: false, why: 'there is no Node' }
  if ('ready' in last && last.ready) return undefined
  const first = before[before.findLastIndex(({ ready }) => ready) + 1]
  return { last, sinceMs: first?.atMs ?? 0 }
}
