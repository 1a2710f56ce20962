import type { SchedulingNode } from '../scheduling/scheduling-node.ts'
import type { NodeCondition } from './node-condition.ts'

/** What policy reads of a Node object; fields that the Node does not have (yet) are ''. */
export interface NodeFacts extends SchedulingNode {
  readonly uid: string
  readonly bootID: string
  /** status.nodeInfo.containerRuntimeVersion, for example containerd://2.1.9. */
  readonly containerRuntimeVersion: string
  /** status.nodeInfo.operatingSystem, else the label kubernetes.io/os. */
  readonly operatingSystem: string
  /** metadata.creationTimestamp, RFC 3339; for the age column only. */
  readonly creationTimestamp: string
  /** The condition SnapshotterReady, where it was asked for and is there. */
  readonly snapshotterReady?: NodeCondition
}
