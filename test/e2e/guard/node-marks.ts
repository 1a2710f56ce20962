/** Key of the guard's taint. */
export const TAINT = 'soci-guard.dev/snapshotter'

/** A Node with what a test reads of it. */
export interface MarkedNode {
  metadata: { name: string; resourceVersion: string; labels: Record<string, string> }
  spec: { taints?: { key: string; value?: string; effect: string }[] }
  status: { conditions: NodeCondition[] }
}

/** A condition of a Node. */
export interface NodeCondition {
  type: string
  status: string
  reason: string
  message: string
  lastHeartbeatTime: string
  lastTransitionTime: string
}

/** The guard's marks on a Node; null where there is none. */
export function marksOf({
  metadata,
  spec,
  status,
}: MarkedNode): Record<'taint' | 'label' | 'condition', string | null> {
  const condition = status.conditions.find(({ type }) => type === 'SnapshotterReady')
  return {
    taint: spec.taints?.find(({ key }) => key === TAINT)?.value ?? null,
    label: metadata.labels['soci-guard.dev/state'] ?? null,
    condition: condition === undefined ? null : `${condition.status} ${condition.reason}`,
  }
}
