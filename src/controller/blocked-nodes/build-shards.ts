// Entries to objects. The number of objects is a power of two and a node's place follows from its name alone, so that a change of
// one node changes one object, and twice or half as many objects move entries between two of them only.
import { REASON_CATALOGUE } from '../../policy/reason-catalogue.ts'
import type { BackstopRules } from './backstop-rules.ts'
import { joinBlocked } from './blocked-text.ts'
import { shardName } from './shard-name.ts'

/** The API version of BlockedNodes. */
export const BLOCKED_NODES_API_VERSION = 'soci-guard.dev/v1alpha1'

/** An object of etcd ends at 1.5 MB. */
export const SHARD_BYTES = 1_000_000

const MOST_SHARDS = 64

/** What the objects are built from. */
export interface BlockedNodes {
  /** Node name to `State: Reason`. */
  readonly entries: ReadonlyMap<string, string>
  readonly rules: BackstopRules
}

/**
 * Name and JSON text of every object: one until it would be longer than `shardBytes`. There are as many as now, `count`, while
 * that is enough and not four times too many.
 */
export const buildShards = (
  { entries, rules }: BlockedNodes,
  count: number,
  shardBytes = SHARD_BYTES,
): ReadonlyMap<string, string> => {
  const shards = place(entries, shardCount(entries, count, shardBytes))
  return new Map(shards.map((shard, index) => [shardName(index), textOf(shardName(index), shard, rules)]))
}

const shardCount = (entries: ReadonlyMap<string, string>, now: number, shardBytes: number): number => {
  const fits = (count: number, bytes: number): boolean => longest(entries, count) <= bytes
  let count = Math.min(MOST_SHARDS, 2 ** Math.ceil(Math.log2(Math.max(1, now))))
  while (count < MOST_SHARDS && !fits(count, shardBytes)) count *= 2
  // Not back and forth with every node: only where half as many would be half full at most.
  while (count > 1 && fits(count / 2, shardBytes / 2)) count /= 2
  return count
}

const longest = (entries: ReadonlyMap<string, string>, count: number): number => {
  const bytes = new Array<number>(count).fill(0)
  for (const node of entries.keys()) {
    const at = shardOf(node, count)
    bytes[at] = (bytes[at] ?? 0) + node.length + 1
  }
  return Math.max(...bytes)
}

const place = (entries: ReadonlyMap<string, string>, count: number): [string, string][][] => {
  const shards = Array.from({ length: count }, (): [string, string][] => [])
  for (const node of [...entries.keys()].sort()) shards[shardOf(node, count)]?.push([node, entries.get(node) ?? ''])
  return shards
}

// FNV-1a, 32 bits. Its low bits are those of the sum of the letters' last bits, so they are mixed with the high ones.
const shardOf = (node: string, count: number): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < node.length; index++) {
    hash = Math.imul(hash ^ node.charCodeAt(index), 0x01000193)
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % count
}

const textOf = (name: string, shard: readonly [string, string][], rules: BackstopRules): string => {
  const blocked = joinBlocked(shard)
  return JSON.stringify({
    apiVersion: BLOCKED_NODES_API_VERSION,
    kind: 'BlockedNodes',
    metadata: {
      name,
      labels: { 'app.kubernetes.io/managed-by': 'soci-guard', 'app.kubernetes.io/part-of': 'soci-guard' },
    },
    count: shard.length,
    rules,
    remedies: Object.fromEntries(Object.keys(blocked).map(entry => [entry, remedyOf(entry)])),
    blocked,
  })
}

const remedyOf = (entry: string): string => {
  const reason = entry.slice(entry.indexOf(': ') + 2)
  return Object.hasOwn(REASON_CATALOGUE, reason) ? REASON_CATALOGUE[reason as keyof typeof REASON_CATALOGUE].remedy : ''
}
