import type { Pool } from '../configuration.ts'
import type { Finding } from '../finding.ts'
import type { NodeFacts } from '../node-facts.ts'
import { shortList } from '../short-list.ts'

/** LabelMissing: a node of a pool judged by label does not carry every label that launch automation sets on ready nodes. */
export const labelMissing = (
  { labels }: Pick<NodeFacts, 'labels'>,
  { readyLabels }: Pick<Pool, 'readyLabels'>,
): Finding | null => {
  const missing = Object.entries(readyLabels)
    .filter(([key, value]) => !Object.hasOwn(labels, key) || labels[key] !== value)
    .map(([key, value]) => `${key}=${value}`)
  if (missing.length === 0) return null
  return { reason: 'LabelMissing', found: `judged by label, the node lacks ${shortList(missing)}` }
}
