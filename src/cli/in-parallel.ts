/** Does the work for every item, at most `limit` at once, and resolves with the results in the order of the items. */
export const inParallel = async <Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = []
  // One iterator for all: each worker takes the next item that nobody has taken.
  const remaining = items.entries()
  let isFailed = false
  const worker = async (): Promise<void> => {
    for (const [at, item] of remaining) {
      if (isFailed) return
      try {
        results[at] = await work(item)
      } catch (error) {
        // Nobody waits for the others any more.
        isFailed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}
