// How the nodes stand in an object: all names of one entry in one text. An API server of Kubernetes 1.37 writes and reads the whole
// object as JSON several times for each bind, which for a map of 3,000 names takes 20 ms, and for a few texts next to nothing.

/** `State: Reason` to the names of its nodes, each with a space before and after it; in one order for the same nodes. */
export const joinBlocked = (entries: Iterable<readonly [string, string]>): Readonly<Record<string, string>> => {
  const names = new Map<string, string[]>()
  for (const [node, entry] of entries) {
    const others = names.get(entry)
    if (others === undefined) names.set(entry, [node])
    else others.push(node)
  }
  return Object.fromEntries([...names.keys()].sort().map(entry => [entry, ` ${names.get(entry)?.sort().join(' ')} `]))
}

/** Each node in such texts with its `State: Reason`. */
export const splitBlocked = (blocked: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(blocked).flatMap(([entry, names]) =>
      names
        .split(' ')
        .filter(name => name !== '')
        .map((name): [string, string] => [name, entry]),
    ),
  )
