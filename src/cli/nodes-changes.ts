import { isDeepStrictEqual } from 'node:util'
import type { NodeVerdict } from '../policy/node-verdict.ts'
import type { Roster } from '../policy/roster.ts'
import { matchesTextSelector, type TextSelector } from '../scheduling/parse-selector-text.ts'

/** A look at the nodes: the verdicts that differ from those of the look before; all of them at the first. */
export type NodeChanges = (nowMs: number) => NodeVerdict[]

/** Changes of the selected nodes; a node that is deleted is a change too, to Unverified (NodeNotFound). */
export const createNodeChanges = (roster: Roster, selector: TextSelector): NodeChanges => {
  const shown = new Map<string, NodeVerdict>()

  const isChanged = (verdict: NodeVerdict): boolean => {
    const before = shown.get(verdict.node)
    return before !== verdict && !isDeepStrictEqual(before, verdict)
  }

  return nowMs => {
    const verdicts = roster
      .verdicts(nowMs)
      .filter(({ node }) => matchesTextSelector(selector, roster.factsOf(node)?.labels ?? {}))
    const changed = verdicts.filter(isChanged)
    for (const verdict of verdicts) shown.set(verdict.node, verdict)
    const gone = [...shown.keys()].filter(name => !roster.knows(name))
    for (const name of gone) shown.delete(name)
    return [...changed, ...gone.map(name => roster.judge(name, nowMs))]
  }
}
