import { shardIndex } from './shard-name.ts'

/** One request to the API server. */
export type BlockedNodesWrite =
  | { readonly kind: 'apply'; readonly name: string; readonly text: string }
  | { readonly kind: 'delete'; readonly name: string }

/**
 * What leads from the objects that are there (name to text, '' where the text is not known) to those that are wanted, in an order
 * in which no node that is in both is ever in none: where there will be more objects the new ones come first, where there will be
 * fewer those that stay are complete before the others go.
 */
export const planWrites = (
  wanted: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, string>,
): readonly BlockedNodesWrite[] => {
  const applies = [...wanted]
    .filter(([name, text]) => there.get(name) !== text)
    .map(([name, text]) => ({ kind: 'apply', name, text }) as const)
  const deletes = [...there.keys()].filter(name => !wanted.has(name)).map(name => ({ kind: 'delete', name }) as const)
  return [...applies, ...deletes].sort(byKindThenFromLast)
}

const byKindThenFromLast = (one: BlockedNodesWrite, other: BlockedNodesWrite): number => {
  if (one.kind !== other.kind) return one.kind === 'apply' ? -1 : 1
  return (shardIndex(other.name) ?? 0) - (shardIndex(one.name) ?? 0)
}
