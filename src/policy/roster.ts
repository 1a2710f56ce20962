// All that is known of the cluster, with every node's verdict kept ready. It holds state but asks nobody for anything: objects,
// configuration and the time come in as arguments.

import { isFresh } from '../report/freshness.ts'
import type { NodeReport } from '../report/node-report.ts'
import { createNodeFilter, type NodeFilter } from '../scheduling/node-filter.ts'
import { createNodeIndex } from '../scheduling/node-index.ts'
import type { PodConstraints } from '../scheduling/pod-constraints.ts'
import type { CandidateSummary } from './candidate-summary.ts'
import type { GuardConfiguration } from './configuration.ts'
import { judgeNode } from './judge-node.ts'
import type { NodeFacts } from './node-facts.ts'
import type { NodeVerdict } from './node-verdict.ts'
import { isJudgedByReport, isOutage } from './outage.ts'
import type { State } from './reasons.ts'
import type { EvidenceStanding, RosterEntry, TimedReport } from './roster-entry.ts'
import type { RuntimeClassFacts } from './runtime-class-facts.ts'
import { createVerdictGroups } from './verdict-groups.ts'
import type { VerdictListener } from './verdict-listener.ts'

/** One node as a pod would find it: the first filter of kube-scheduler that keeps the pod off it, and the node's verdict. */
export interface ExplainedNode {
  readonly name: string
  readonly eligible: boolean
  readonly filter: NodeFilter | null
  readonly verdict: NodeVerdict
}

/** Every node, report, namespace mode and RuntimeClass known, and the verdicts that follow; times are the caller's, in ms. */
export interface Roster {
  setNode(facts: NodeFacts, nowMs: number): void
  removeNode(name: string): void
  /** Takes a report, which may come before its Node; `movedAtMs` is when its sequence was last seen to move. */
  setReport(report: NodeReport, movedAtMs: number, nowMs: number): void
  removeReport(name: string): void
  /** Takes a namespace and its label soci-guard.dev/mode, undefined when it has none. */
  setNamespaceMode(name: string, label: string | undefined): void
  removeNamespace(name: string): void
  setRuntimeClass(runtimeClass: RuntimeClassFacts): void
  removeRuntimeClass(name: string): void
  /** Replaces the configuration and judges every node again; an outage begins or ends with the next `advance`. */
  reconfigure(configuration: GuardConfiguration, nowMs: number): void
  /**
   * Lets reports go stale and an outage begin or end; to be called every second or so, and after a first load. At most
   * `maxJudged` verdicts are made anew, so that a mass loss of reports stops nobody for long: the rest is `pending`.
   */
  advance(nowMs: number, maxJudged?: number): { readonly outageChanged: boolean; readonly outage: boolean }
  /** True while `advance` has verdicts left to make, which `candidates` and `stateCounts` do not know yet: call it again soon. */
  readonly pending: boolean
  /** The verdict on the node; of a name without a Node object that it is Unverified (NodeNotFound). */
  judge(name: string, nowMs: number): NodeVerdict
  /** True when there is a Node object of that name. */
  knows(name: string): boolean
  factsOf(name: string): NodeFacts | undefined
  reportOf(name: string): NodeReport | undefined
  /** When the node's report was last seen to move; undefined without one. */
  reportMovedAtMs(name: string): number | undefined
  /** The value of the namespace's label; undefined when it has none or is not known. */
  namespaceMode(name: string): string | undefined
  runtimeClass(name: string): RuntimeClassFacts | undefined
  /** The nodes that the scheduler could choose for such a pod, by verdict as of the last change or `advance`. */
  candidates(constraints: PodConstraints): CandidateSummary
  /** The verdicts on all nodes, by name. */
  verdicts(nowMs: number): NodeVerdict[]
  /** Every node by name, with what keeps such a pod off it. */
  explain(constraints: PodConstraints, nowMs: number): ExplainedNode[]
  /** How many nodes are in each state. */
  stateCounts(): Record<State, number>
  /** True while more than the configured fraction of the nodes judged by reports are Unverified. */
  readonly outage: boolean
  /** How many nodes there are. */
  readonly size: number
}

/** A roster of nothing. */
export const createRoster = (initialConfiguration: GuardConfiguration, onVerdict?: VerdictListener): Roster => {
  const entries = new Map<string, RosterEntry>()
  const reports = new Map<string, TimedReport>()
  const namespaceLabels = new Map<string, string>()
  const runtimeClasses = new Map<string, RuntimeClassFacts>()
  const index = createNodeIndex()
  const groups = createVerdictGroups()
  // Entries whose verdict has to be made anew; what they count for in the outage is known already.
  const due = new Set<RosterEntry>()
  const standings: Record<EvidenceStanding, number> = { notCounted: 0, told: 0, unverified: 0 }
  let configuration = initialConfiguration
  let outage = false

  const assess = (node: NodeFacts, nowMs: number): Pick<RosterEntry, 'verdict' | 'validUntilMs' | 'standing'> => {
    const { name } = node
    const timed = reports.get(name)
    const fresh = timed !== undefined && isFresh(timed.movedAtMs, nowMs, configuration.reportTTLMs)
    const evidence = { name, node, report: timed?.report, fresh }
    // What is held must not count as told, or holding the evidence would itself end the outage.
    const verdict = judgeNode(evidence, configuration)
    const isHeld = outage && configuration.outage.answer === 'hold' && verdict.state === 'Unverified'
    return {
      verdict: isHeld ? judgeNode({ ...evidence, held: true }, configuration) : verdict,
      validUntilMs: fresh ? timed.movedAtMs + configuration.reportTTLMs : Number.POSITIVE_INFINITY,
      standing: standingOf(verdict),
    }
  }

  const refresh = (entry: RosterEntry, nowMs: number): void => {
    due.delete(entry)
    standings[entry.standing] -= 1
    Object.assign(entry, assess(entry.facts, nowMs))
    standings[entry.standing] += 1
    groups.place(entry.slot, entry.verdict)
    onVerdict?.(entry.facts.name, entry.verdict)
  }

  const refreshNamed = (name: string, nowMs: number): void => {
    const entry = entries.get(name)
    if (entry !== undefined) refresh(entry, nowMs)
  }

  // A report that decided and goes stale leaves its node Unverified whatever it says, so the outage needs no verdict to see it.
  const expire = (nowMs: number): void => {
    for (const entry of entries.values()) {
      if (nowMs <= entry.validUntilMs) continue
      due.add(entry)
      entry.validUntilMs = Number.POSITIVE_INFINITY
      if (entry.standing === 'told') recount(entry, 'unverified')
    }
  }

  const recount = (entry: RosterEntry, standing: EvidenceStanding): void => {
    standings[entry.standing] -= 1
    standings[standing] += 1
    entry.standing = standing
  }

  const refreshDue = (maxJudged: number, nowMs: number): void => {
    let judged = 0
    for (const entry of due) {
      if (judged === maxJudged) return
      refresh(entry, nowMs)
      judged += 1
    }
  }

  const judgeEntry = (entry: RosterEntry, nowMs: number): NodeVerdict => {
    if (nowMs > entry.validUntilMs || (due.size > 0 && due.has(entry))) refresh(entry, nowMs)
    return entry.verdict
  }

  const byName = (): [string, RosterEntry][] => [...entries].sort(([one], [other]) => (one < other ? -1 : 1))

  return {
    setNode: (facts, nowMs) => {
      const slot = index.set(facts)
      const known = entries.get(facts.name)
      if (known !== undefined) {
        known.facts = facts
        return refresh(known, nowMs)
      }
      const entry: RosterEntry = { facts, slot, ...assess(facts, nowMs) }
      standings[entry.standing] += 1
      groups.place(slot, entry.verdict)
      entries.set(facts.name, entry)
      onVerdict?.(facts.name, entry.verdict)
    },
    removeNode: name => {
      const entry = entries.get(name)
      if (entry === undefined) return
      standings[entry.standing] -= 1
      due.delete(entry)
      groups.remove(entry.slot)
      index.remove(name)
      entries.delete(name)
      onVerdict?.(name, undefined)
    },
    setReport: (report, movedAtMs, nowMs) => {
      reports.set(report.name, { report, movedAtMs })
      refreshNamed(report.name, nowMs)
    },
    removeReport: name => {
      reports.delete(name)
      // Without a report time decides nothing, so any moment gives the same verdict.
      refreshNamed(name, 0)
    },
    setNamespaceMode: (name, label) => {
      if (label === undefined) namespaceLabels.delete(name)
      else namespaceLabels.set(name, label)
    },
    removeNamespace: name => {
      namespaceLabels.delete(name)
    },
    setRuntimeClass: runtimeClass => {
      runtimeClasses.set(runtimeClass.name, runtimeClass)
    },
    removeRuntimeClass: name => {
      runtimeClasses.delete(name)
    },
    reconfigure: (replacement, nowMs) => {
      configuration = replacement
      for (const entry of entries.values()) refresh(entry, nowMs)
    },
    advance: (nowMs, maxJudged = Number.POSITIVE_INFINITY) => {
      expire(nowMs)
      const { told, unverified } = standings
      const isNow = isOutage({ judgedByReport: told + unverified, unverified }, configuration.outage)
      const outageChanged = isNow !== outage
      outage = isNow
      if (outageChanged) {
        // Only what is Unverified can be held, but that may also be a node that does not count, in a pool with mode off.
        for (const entry of entries.values()) if (entry.standing !== 'told') due.add(entry)
      }
      refreshDue(maxJudged, nowMs)
      return { outageChanged, outage }
    },
    judge: (name, nowMs) => {
      const entry = entries.get(name)
      if (entry !== undefined) return judgeEntry(entry, nowMs)
      return judgeNode({ name, node: undefined, report: undefined, fresh: false }, configuration)
    },
    knows: name => entries.has(name),
    factsOf: name => entries.get(name)?.facts,
    reportOf: name => reports.get(name)?.report,
    reportMovedAtMs: name => reports.get(name)?.movedAtMs,
    namespaceMode: name => namespaceLabels.get(name),
    runtimeClass: name => runtimeClasses.get(name),
    candidates: constraints => groups.summarize(index.candidates(constraints), slot => index.nodeAt(slot)?.name ?? ''),
    verdicts: nowMs => byName().map(([, entry]) => judgeEntry(entry, nowMs)),
    explain: (constraints, nowMs) => {
      const filterOf = createNodeFilter(constraints)
      return byName().map(([name, entry]) => {
        const filter = filterOf(entry.facts)
        return { name, eligible: filter === null, filter, verdict: judgeEntry(entry, nowMs) }
      })
    },
    stateCounts: () => groups.stateCounts(),
    get pending() {
      return due.size > 0
    },
    get outage() {
      return outage
    },
    get size() {
      return entries.size
    },
  }
}

const standingOf = (verdict: NodeVerdict): EvidenceStanding => {
  if (!isJudgedByReport(verdict)) return 'notCounted'
  return verdict.state === 'Unverified' ? 'unverified' : 'told'
}
