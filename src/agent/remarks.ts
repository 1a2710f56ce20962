// What is worth a line in the log: every change of what the node is thought to be, and every failure once.
import type { AgentAction } from './agent-action.ts'
import type { AgentEvent } from './agent-event.ts'
import type { AgentState } from './agent-state.ts'

type Remark = Extract<AgentAction, { kind: 'log' }>

const info = (fields: object, message: string): Remark => ({ kind: 'log', level: 'info', fields, message })
const warn = (fields: object, message: string): Remark => ({ kind: 'log', level: 'warn', fields, message })

/** The lines about what an event changed. */
export const remarksOn = (event: AgentEvent, before: AgentState, after: AgentState): Remark[] => [
  ...aboutRuntime(event, before, after),
  ...aboutCluster(event, before, after),
  ...aboutLatch(before, after),
]

const aboutRuntime = (event: AgentEvent, before: AgentState, after: AgentState): Remark[] => {
  if (before.runtime === after.runtime) return []
  if (event.kind === 'streamLost') return aboutLoss(event.why, before)
  if (event.kind === 'sweepFailed' && before.runtime.sweepFailures === 0) {
    return [
      warn(
        { why: event.why },
        "the node's facts could not be read; the report says verified: false, and they are read again",
      ),
    ]
  }
  if (event.kind === 'swept' && event.before !== event.after) {
    return [warn({}, 'containerd was replaced while it was being read; it is read again')]
  }
  if (!before.verified && after.verified) {
    const { defaultSnapshotter, runtime } = after.facts
    const fields = { defaultSnapshotter: defaultSnapshotter.name, containerd: runtime.version }
    return [info(fields, "the node's facts have been read from the running containerd")]
  }
  return []
}

const aboutLoss = (why: string, before: AgentState): Remark[] => {
  if (before.runtime.phase === 'open') {
    return [
      warn(
        { why },
        "containerd's events broke off; the report says verified: false until everything has been read again",
      ),
    ]
  }
  return before.runtime.openFailures === 0 ? [warn({ why }, 'containerd cannot be reached; it is tried again')] : []
}

const aboutCluster = (event: AgentEvent, before: AgentState, after: AgentState): Remark[] => {
  switch (event.kind) {
    case 'identified':
      return aboutNode(before, after)
    case 'notIdentified':
    case 'refused': {
      const { kind, message } = event.failure
      return after.cluster.said === before.cluster.said ? [] : [warn({ what: 'report', kind }, message)]
    }
    case 'published':
      return aboutPublication(before, after)
    default:
      return []
  }
}

const aboutNode = (before: AgentState, after: AgentState): Remark[] => {
  const { nodeUID, published } = after.cluster
  if (before.cluster.nodeUID === nodeUID) return []
  const fields = { nodeUID, sequence: after.sequence }
  return published === null
    ? [info(fields, 'the Node is known')]
    : [warn(fields, 'the Node was made anew under the same name; the report is about the new one from now on')]
}

const aboutPublication = (before: AgentState, after: AgentState): Remark[] => {
  const { published } = after.cluster
  if (published === null || published === before.cluster.published) return []
  const { sequence, verified } = published.report
  const lines: Remark[] = before.cluster.failures > 0 ? [info({ sequence }, 'the report is published again')] : []
  if (before.cluster.published?.report.verified !== verified) lines.push(info({ sequence, verified }, 'published'))
  return lines
}

const aboutLatch = (before: AgentState, after: AgentState): Remark[] => {
  if (before.latch?.mixed === after.latch?.mixed) return []
  if (after.latch === null) return [info({}, "containerd has another root folder: the node's mixed state is forgotten")]
  const { since, reason, message } = after.latch.mixed
  return [warn({ since, reason, found: message }, 'the node is mixed, and stays so until it boots anew')]
}
