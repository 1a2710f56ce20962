/** What is said about each node of the cast that is not Ready: state and reason, and then what was found and what to do. */
export const VERDICTS = {
  'mixed-1': {
    state: 'Mixed',
    reason: 'ConfiguredAfterLaunch',
    message:
      '1 container of this boot runs in overlayfs although soci is now the default. Replace the node; its images cannot be repaired in place.',
  },
  'other-default-1': {
    state: 'NotDefault',
    reason: 'SnapshotterNotDefault',
    message:
      'overlayfs is the default snapshotter, not soci. Set the default snapshotter at launch and replace the node; do not switch a node in use.',
  },
  'broken-1': {
    state: 'Broken',
    reason: 'SnapshotterUnavailable',
    message:
      "soci is the default snapshotter but does not answer at /run/soci-snapshotter-grpc/soci-snapshotter-grpc.sock. Restart the snapshotter's service on the node, then recreate the node's containers.",
  },
  'starting-1': {
    state: 'Unverified',
    reason: 'AgentStarting',
    message:
      "the agent has not verified the node's facts since it, or containerd, was started. Try again in some seconds; if it stays, look at the soci-guard agent's log on the node.",
  },
} as const

/** A node of the cast that is not Ready. */
export type BadNode = keyof typeof VERDICTS

/** The names of those nodes. */
export const BAD_NODES = Object.keys(VERDICTS) as BadNode[]

/** The guard's own sentence about a node. */
export function violation(node: BadNode): string {
  const { state, reason, message } = VERDICTS[node]
  return `node ${node} is ${state} (${reason}): ${message}`
}

/** The sentence with what the API server puts before it. */
export function denial(webhook: 'bindings' | 'pods', node: BadNode): string {
  return `admission webhook "${webhook}.soci-guard.dev" denied the request: ${violation(node)}`
}
