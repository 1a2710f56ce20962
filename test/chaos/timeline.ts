/** What happened in a run and when, for whoever has to find out why it failed. */
export interface Timeline {
  note(text: string): void
  /** A moment as the lines write it. */
  at(ms: number): string
  /** All lines so far, each with the seconds since the start. */
  lines(): string[]
}

/** Starts a timeline; every line is also given to `tell` at once. */
export function startTimeline(tell: (line: string) => void): Timeline {
  const startedMs = Date.now()
  const lines: string[] = []
  const at = (ms: number) => `${((ms - startedMs) / 1_000).toFixed(1)} s`
  return {
    at,
    note: text => {
      const line = `${at(Date.now()).padStart(8)}  ${text}`
      lines.push(line)
      tell(line)
    },
    lines: () => [...lines],
  }
}
