// One bitset of slots for each state, reason and mode that occurs, so that a summary of any set of nodes is a few intersections.

import { Bitset, forEachInIntersection, intersectionCount } from '../scheduling/bitset.ts'
import type { CandidateGroup, CandidateSummary } from './candidate-summary.ts'
import { MODES } from './mode.ts'
import type { NodeVerdict } from './node-verdict.ts'
import { ADVISORIES, REASON_STATES, type State } from './reasons.ts'

const NODES_SHOWN = 5

interface Group {
  readonly key: string
  readonly state: NodeVerdict['state']
  readonly reason: NodeVerdict['reason']
  readonly mode: NodeVerdict['mode']
  readonly slots: Bitset
  size: number
}

/** Which slots have which verdict. */
export interface VerdictGroups {
  /** Puts the slot into the group of its verdict, and out of the one it was in. */
  place(slot: number, verdict: NodeVerdict): void
  remove(slot: number): void
  /** The given slots by their verdicts; `nameAt` gives the name of the node in a slot. */
  summarize(candidates: Bitset, nameAt: (slot: number) => string): CandidateSummary
  stateCounts(): Record<State, number>
}

/** Groups without slots. */
export const createVerdictGroups = (): VerdictGroups => {
  const groups = new Map<string, Group>()
  const groupOfSlot: (Group | undefined)[] = []

  const remove = (slot: number): void => {
    const group = groupOfSlot[slot]
    if (group === undefined) return
    groupOfSlot[slot] = undefined
    group.slots.clear(slot)
    group.size -= 1
    if (group.size === 0) groups.delete(group.key)
  }

  const groupOf = (verdict: NodeVerdict): Group => {
    const { state, reason, mode } = verdict
    const key = `${state}/${reason}/${mode}`
    const known = groups.get(key)
    if (known !== undefined) return known
    const group = { key, state, reason, mode, slots: new Bitset(), size: 0 }
    groups.set(key, group)
    return group
  }

  return {
    place: (slot, verdict) => {
      const group = groupOf(verdict)
      if (groupOfSlot[slot] === group) return
      remove(slot)
      groupOfSlot[slot] = group
      group.slots.set(slot)
      group.size += 1
    },
    remove,
    summarize: (candidates, nameAt) => {
      const notReady: CandidateGroup[] = []
      let ready = 0
      for (const { state, reason, mode, slots } of groups.values()) {
        const count = intersectionCount(candidates, slots)
        if (state === 'Ready') ready += count
        else if (count > 0) notReady.push({ state, reason, mode, count, nodes: firstNames(candidates, slots, nameAt) })
      }
      const eligible = notReady.reduce((sum, { count }) => sum + count, ready)
      return { eligible, ready, groups: notReady.sort(byCount) }
    },
    stateCounts: () => {
      const counts: Record<State, number> = { Ready: 0, NotDefault: 0, Mixed: 0, Broken: 0, Unverified: 0 }
      for (const { state, size } of groups.values()) counts[state] += size
      return counts
    },
  }
}

const firstNames = (candidates: Bitset, slots: Bitset, nameAt: (slot: number) => string): string[] => {
  const names: string[] = []
  forEachInIntersection(candidates, slots, slot => names.push(nameAt(slot)) < NODES_SHOWN)
  return names
}

const REASON_ORDER = [...Object.keys(REASON_STATES), ...ADVISORIES]

// The order must not depend on which group came first, so that the same nodes always give the same words.
const byCount = (one: CandidateGroup, other: CandidateGroup): number =>
  other.count - one.count ||
  REASON_ORDER.indexOf(one.reason) - REASON_ORDER.indexOf(other.reason) ||
  MODES.indexOf(one.mode) - MODES.indexOf(other.mode)
