import type { Bitset } from './bitset.ts'
import type { Toleration } from './pod-constraints.ts'
import type { SchedulingNode, Taint } from './scheduling-node.ts'
import { addAll, type SlotSet, withoutSlot, withSlot } from './slot-set.ts'
import { findUntoleratedTaint, keepsPodsOff, unschedulableTaint } from './tolerations.ts'

/** Slots by what keeps pods off their nodes, so that tolerations are held against each distinct list of taints only once. */
export interface TaintGroups {
  /** Moves the slot from the group of one node to that of another; undefined is no node. */
  replace(slot: number, before: SchedulingNode | undefined, after: SchedulingNode | undefined): void
  /** Adds to `bits` the slots that NodeUnschedulable and TaintToleration leave to a pod with these tolerations. */
  addTolerated(bits: Bitset, tolerations: readonly Toleration[]): void
}

/** Groups without slots. */
export const createTaintGroups = (): TaintGroups => {
  const groups = new Map<string, { readonly taints: readonly Taint[]; slots: SlotSet }>()

  const join = (slot: number, node: SchedulingNode): void => {
    const taints = taintsOf(node)
    const name = nameOf(taints)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { taints, slots: slot })
    else group.slots = withSlot(group.slots, slot)
  }

  const leave = (slot: number, node: SchedulingNode): void => {
    const name = nameOf(taintsOf(node))
    const group = groups.get(name)
    if (group === undefined) return
    const slots = withoutSlot(group.slots, slot)
    if (slots === undefined) groups.delete(name)
    else group.slots = slots
  }

  return {
    replace: (slot, before, after) => {
      if (before !== undefined && after !== undefined && haveSameTaints(before, after)) return
      if (before !== undefined) leave(slot, before)
      if (after !== undefined) join(slot, after)
    },
    addTolerated: (bits, tolerations) => {
      for (const { taints, slots } of groups.values()) {
        if (findUntoleratedTaint(taints, tolerations) === undefined) addAll(bits, slots)
      }
    },
  }
}

// A cordoned node keeps off whom the taint that cordoning stands for would keep off.
const taintsOf = ({ taints, unschedulable }: SchedulingNode): readonly Taint[] => {
  const effective = taints.filter(keepsPodsOff)
  return unschedulable ? [unschedulableTaint, ...effective] : effective
}

// Lengths first, so that no value, however strange, makes two lists look alike.
const nameOf = (taints: readonly Taint[]): string =>
  taints.map(({ key, value, effect }) => `${key.length} ${value.length} ${key}${value}${effect}`).join()

const haveSameTaints = (a: SchedulingNode, b: SchedulingNode): boolean =>
  a.unschedulable === b.unschedulable &&
  a.taints.length === b.taints.length &&
  a.taints.every((taint, at) => isSameTaint(taint, b.taints[at]))

const isSameTaint = (taint: Taint, other: Taint | undefined): boolean =>
  taint.key === other?.key && taint.value === other.value && taint.effect === other.effect
