import type { GuardConfiguration } from '../../policy/configuration.ts'
import type { VerdictFeed } from '../verdict-feed.ts'
import { blockedEntry } from './blocked-entry.ts'

/** What BlockedNodes should say, kept current name by name. */
export interface DesiredEntries {
  readonly entries: ReadonlyMap<string, string>
  /** Takes over what was said before us, of nodes about which nothing is known yet. */
  adopt(before: Iterable<readonly [string, string]>): void
  /** Looks at these nodes anew, or at all of them; tells whether an entry changed. */
  renew(names: Iterable<string> | 'all', configuration: GuardConfiguration, isBraked: boolean): boolean
}

/** Entries that follow the verdicts of the feed. */
export const createDesiredEntries = (feed: Pick<VerdictFeed, 'names' | 'verdictOf'>): DesiredEntries => {
  const entries = new Map<string, string>()

  const renewOne = (name: string, configuration: GuardConfiguration, isBraked: boolean): boolean => {
    const verdict = feed.verdictOf(name)
    const entryBefore = entries.get(name)
    const entry = verdict && blockedEntry(verdict, configuration, { isBraked, entryBefore })
    if (entry === entryBefore) return false
    if (entry === undefined) entries.delete(name)
    else entries.set(name, entry)
    return true
  }

  return {
    entries,
    adopt: before => {
      for (const [name, entry] of before) if (!entries.has(name)) entries.set(name, entry)
    },
    renew: (names, configuration, isBraked) => {
      const all = names === 'all' ? new Set([...entries.keys(), ...feed.names()]) : names
      let changed = false
      for (const name of all) changed = renewOne(name, configuration, isBraked) || changed
      return changed
    },
  }
}
