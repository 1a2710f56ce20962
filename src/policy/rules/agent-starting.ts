import type { TrustRule } from '../finding.ts'

/** AgentStarting: the agent has not finished its first sweep, or has lost containerd's events and looks again. */
export const agentStarting: TrustRule = ({ report }) =>
  report.verified
    ? null
    : {
        reason: 'AgentStarting',
        found: "the agent has not verified the node's facts since it, or containerd, was started",
      }
