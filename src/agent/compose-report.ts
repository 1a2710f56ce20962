import type { NodeReport } from '../report/node-report.ts'
import type { AgentState } from './agent-state.ts'

/** The report that the state comes to, without its number and time; null while the Node is not known. */
export const composeReport = (state: AgentState): NodeReport | null => {
  const { identity, facts, rootUUID, latch, cluster } = state
  if (cluster.nodeUID === null) return null
  return {
    name: identity.nodeName,
    nodeUID: cluster.nodeUID,
    bootID: identity.bootID,
    bootTime: identity.bootTime,
    agent: { podUID: identity.podUID, version: identity.version },
    ...facts,
    // Whoever compares two reports must not take a root that could not be told for another one.
    runtime: { ...facts.runtime, rootUUID: facts.runtime.rootUUID || rootUUID },
    mixed: latch?.mixed ?? null,
    verified: state.verified && !state.mustRetract,
    sequence: 0,
    renewTime: '',
  }
}
