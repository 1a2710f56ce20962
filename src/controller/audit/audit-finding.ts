// From rows to what is said about a node, and about a workload: one thing each, however many pods there are.

import { plainText } from '../../policy/plain-text.ts'
import { ownerKey } from '../../scan/owner.ts'
import type { ScanRow } from '../../scan/pod-tally.ts'

/** The object that something is said about, as an Event or a report names it. */
export interface Regarding {
  readonly apiVersion: string
  readonly kind: string
  /** '' for what has no namespace. */
  readonly namespace: string
  readonly name: string
  /** '' where it is not known. */
  readonly uid: string
}

/** What is to be said about one node or one workload. */
export interface AuditFinding {
  /** One for each object. */
  readonly key: string
  readonly regarding: Regarding
  /** UpperCamelCase, for people and for filters. */
  readonly reason: 'PodsOnViolatingNode' | 'RunsOnViolatingNode'
  /** The states and reasons behind it; while they stay the same it is the same finding. */
  readonly codes: string
  /** At most 1,024 bytes of one line. */
  readonly note: string
}

/** How many names of nodes a note holds. */
const NODES_NAMED = 3
// An Event takes 1,024 bytes, and a character may be three.
const LONGEST_NOTE = 340

/** One finding for each node with pods that should not be there, then one for each of their workloads. */
export const findingsOf = (rows: readonly ScanRow[], uidOfNode: (node: string) => string): AuditFinding[] => {
  const byNode = Map.groupBy(rows, ({ node }) => node)
  const byWorkload = Map.groupBy(rows, ownerKey)
  return [
    ...[...byNode].map(([node, found]) => aboutNode(node, uidOfNode(node), found)),
    ...[...byWorkload].map(([key, found]) => aboutWorkload(key, found)),
  ]
}

const aboutNode = (name: string, uid: string, rows: readonly ScanRow[]): AuditFinding => {
  const workloads = new Set(rows.map(ownerKey)).size
  return {
    key: `Node\n${name}`,
    regarding: { apiVersion: 'v1', kind: 'Node', namespace: '', name, uid },
    reason: 'PodsOnViolatingNode',
    codes: codesOf(rows),
    note: noteOf(
      `${numberOf(podsOf(rows), 'pod')} of ${numberOf(workloads, 'workload')} should not run here: ${messageOf(rows)}`,
    ),
  }
}

const aboutWorkload = (key: string, rows: readonly ScanRow[]): AuditFinding => {
  const [{ owner, namespace } = EMPTY] = rows
  const names = [...new Set(rows.map(({ node }) => node))]
  const more = names.length - NODES_NAMED
  const places = names.slice(0, NODES_NAMED).join(', ') + (more > 0 ? ` and ${numberOf(more, 'more node')}` : '')
  const pods = podsOf(rows)
  const subject = owner.kind === 'Pod' ? 'it runs' : `${pods} of its pods ${pods === 1 ? 'runs' : 'run'}`
  return {
    key,
    regarding: { ...owner, namespace },
    reason: 'RunsOnViolatingNode',
    codes: codesOf(rows),
    note: noteOf(`${subject} on ${places} and should not: ${messageOf(rows)}`),
  }
}

const EMPTY = { namespace: '', owner: { apiVersion: '', kind: '', name: '', uid: '' } }

const podsOf = (rows: readonly ScanRow[]): number => rows.reduce((sum, { count }) => sum + count, 0)

const messageOf = (rows: readonly ScanRow[]): string => rows[0]?.message ?? ''

const codesOf = (rows: readonly ScanRow[]): string =>
  [...new Set(rows.map(({ state, reason }) => `${state}:${reason}`))].toSorted().join()

const noteOf = (text: string): string => plainText(text, LONGEST_NOTE)

const numberOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
