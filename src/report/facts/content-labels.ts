import { textOf } from './raw-fields.ts'

/** The labels of a config blob by which it says where its image is unpacked end in the snapshotter's name. */
export const SNAPSHOT_LABELS = 'containerd.io/gc.ref.snapshot.'

/** Calls with every label that begins with the prefix: the rest of its key, and its value. */
export const eachLabel = (labels: unknown, prefix: string, visit: (rest: string, value: string) => void): void => {
  if (typeof labels !== 'object' || labels === null) return
  for (const key in labels) {
    if (key.startsWith(prefix)) visit(key.slice(prefix.length), textOf(labels, key))
  }
}
