/** How long to wait after so many failures in a row: doubling from the first to the longest delay, up to half taken off at random. */
export const retryDelayMs = (failures: number, firstMs: number, longestMs: number, random: () => number): number =>
  Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20)) * (1 - random() / 2)
