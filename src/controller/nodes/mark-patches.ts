// From what is on a Node and what should be to the patches between, each of which touches nothing that is not ours and is refused
// when the Node is no longer as it was thought to be.
import {
  SNAPSHOTTER_CONDITION,
  SNAPSHOTTER_TAINT,
  SNAPSHOTTER_TAINT_EFFECT,
  STATE_LABEL,
} from '../../policy/mark-names.ts'
import type { NodeCondition } from '../../policy/node-condition.ts'
import type { NodeFacts } from '../../policy/node-facts.ts'
import type { DesiredMarks } from './desired-marks.ts'
import { isOurTaint, marksOf } from './node-marks.ts'

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'test' | 'add' | 'remove'
  readonly path: string
  readonly value?: unknown
}

const TAINTS = '/spec/taints'
const LABELS = '/metadata/labels'
const LABEL = `${LABELS}/${STATE_LABEL.replace('/', '~1')}`

/** The JSON patch of the Node for taint and label; null when both are as they should be. */
export const taintAndLabelPatch = (
  facts: NodeFacts,
  { taint, label }: Pick<DesiredMarks, 'taint' | 'label'>,
): readonly PatchOperation[] | null => {
  const operations = [...taintOperations(facts, taint), ...labelOperations(facts, label)]
  // A Node of the same name that was made anew is another node.
  return operations.length === 0 ? null : [{ op: 'test', path: '/metadata/uid', value: facts.uid }, ...operations]
}

const taintOperations = ({ taints }: NodeFacts, wanted: string | null | undefined): PatchOperation[] => {
  if (wanted === undefined) return []
  const place = taints.findIndex(isOurTaint)
  if (place === -1) return wanted === null ? [] : addTaint(taints.length, wanted)
  if (wanted === taints[place]?.value) return []
  // Others add and remove taints too: what is meant must still stand where it stood.
  const at = `${TAINTS}/${place}`
  const stands: PatchOperation[] = [
    { op: 'test', path: `${at}/key`, value: SNAPSHOTTER_TAINT },
    { op: 'test', path: `${at}/effect`, value: SNAPSHOTTER_TAINT_EFFECT },
  ]
  return wanted === null
    ? [...stands, { op: 'remove', path: at }]
    : [...stands, { op: 'add', path: `${at}/value`, value: wanted }]
}

const addTaint = (others: number, value: string): PatchOperation[] => {
  const taint = { key: SNAPSHOTTER_TAINT, value, effect: SNAPSHOTTER_TAINT_EFFECT }
  if (others > 0) return [{ op: 'add', path: `${TAINTS}/-`, value: taint }]
  // To add a list where there is one already would replace it.
  return [
    { op: 'test', path: TAINTS, value: null },
    { op: 'add', path: TAINTS, value: [taint] },
  ]
}

const labelOperations = ({ labels }: NodeFacts, wanted: string | null | undefined): PatchOperation[] => {
  const has = Object.hasOwn(labels, STATE_LABEL)
  if (wanted === undefined || (wanted === null && !has)) return []
  if (wanted === null) return [{ op: 'remove', path: LABEL }]
  if (has && labels[STATE_LABEL] === wanted) return []
  if (Object.keys(labels).length > 0) return [{ op: 'add', path: LABEL, value: wanted }]
  return [
    { op: 'test', path: LABELS, value: null },
    { op: 'add', path: LABELS, value: { [STATE_LABEL]: wanted } },
  ]
}

/** The strategic merge patch of the Node's status for the condition, which merges by type; null when it is as it should be. */
export const conditionPatch = (
  facts: NodeFacts,
  wanted: NodeCondition | null | undefined,
  time: string,
): object | null => {
  const { condition } = marksOf(facts)
  if (wanted === undefined || isSame(condition, wanted)) return null
  const patchOf = (change: object): object => ({
    metadata: { uid: facts.uid },
    status: { conditions: [{ type: SNAPSHOTTER_CONDITION, ...change }] },
  })
  if (wanted === null) return patchOf({ $patch: 'delete' })
  // Left out, the time of the last transition stays what it was.
  const transition = condition?.status === wanted.status ? {} : { lastTransitionTime: time }
  return patchOf({ ...wanted, lastHeartbeatTime: time, ...transition })
}

const isSame = (one: NodeCondition | null, other: NodeCondition | null): boolean =>
  one?.status === other?.status && one?.reason === other?.reason && one?.message === other?.message
