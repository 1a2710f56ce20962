/** The candidate that is most likely meant by a mistyped word, or undefined when none is close. */
export const findClosestWord = (word: string, candidates: readonly string[]): string | undefined => {
  const ranked = candidates
    .map(candidate => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= allowedDistance(candidate))
    .sort((one, other) => one.distance - other.distance)
  return ranked[0]?.candidate
}

// One letter of two is another word rather than a mistyped one.
const allowedDistance = ({ length }: string): number => (length < 3 ? 0 : Math.max(1, Math.floor(length / 3)))

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost 1 each.
const editDistance = (one: string, other: string): number => {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, other.length)
}

const at = (distances: readonly number[], index: number): number => distances[index] ?? Number.POSITIVE_INFINITY
