import type { Capture } from '../capture.ts'

/** How many containers use each snapshotter. */
export function containersBySnapshotter(capture: Capture): Record<string, number> {
  const counts: Record<string, number> = {}
  const { containers } = capture['containers.List'] as { containers: { snapshotter: string }[] }
  for (const { snapshotter } of containers) counts[snapshotter] = (counts[snapshotter] ?? 0) + 1
  return counts
}

/** The labels of the snapshots that one snapshotter has, by the snapshot's name. */
export function snapshotLabels(capture: Capture, snapshotter: string): Record<string, Record<string, string>> {
  const answer = capture[`snapshots.List.${snapshotter}`]
  if (!Array.isArray(answer)) throw new Error(`snapshots.List failed: ${JSON.stringify(answer)}`)
  return Object.fromEntries(answer.map(({ name, labels }) => [name, labels]))
}
