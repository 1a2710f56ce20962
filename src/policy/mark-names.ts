/** Key of the taint on a node that an enforcing pool refuses; its value is the state, its effect NoSchedule. */
export const SNAPSHOTTER_TAINT = 'soci-guard.dev/snapshotter'

/** The only effect that our taint has: pods that run stay where they are. */
export const SNAPSHOTTER_TAINT_EFFECT = 'NoSchedule'

/** The label that says a node's state. */
export const STATE_LABEL = 'soci-guard.dev/state'

/** Type of the Node condition that says a node's state, its reason and what to do. */
export const SNAPSHOTTER_CONDITION = 'SnapshotterReady'
