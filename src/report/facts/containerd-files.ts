// containerd's configuration files, where they could be read. They are a hint and never evidence: the daemon may have been started with
// others, or before they were changed. They explain why the default is not what somebody wrote.

import { CALLS } from './calls.ts'
import { answerTo, type Observation } from './observation.ts'
import { fieldOf, listIn } from './raw-fields.ts'

/** One configuration file: the main one first, then its imports in their order. */
export interface ContainerdFile {
  readonly path: string
  readonly modifiedAtMs: number | null
  /** Its tables, as TOML has them. */
  readonly config: unknown
}

/** The files; none when none could be read. */
export const readContainerdFiles = (observation: Observation): readonly ContainerdFile[] =>
  (listIn(answerTo(observation, CALLS.containerdFiles), 'files') ?? []).map(raw => {
    const path = fieldOf(raw, 'path')
    const modifiedAtMs = fieldOf(raw, 'modifiedAtMs')
    return {
      path: typeof path === 'string' ? path : '',
      modifiedAtMs: typeof modifiedAtMs === 'number' ? modifiedAtMs : null,
      config: fieldOf(raw, 'config'),
    }
  })

/** The table at a path of keys; undefined when there is none. */
export const tableAt = (config: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((table, key) => fieldOf(table, key), config)

/** What containerd makes of its files: up to 1.7 an import replaces a plugin's whole table, from 2.0 tables are merged. */
export const mergeFiles = (files: readonly ContainerdFile[], major: number): unknown =>
  files.reduce<unknown>(
    (merged, { config }) => mergeTables(merged, config, major < 2 ? 2 : Number.POSITIVE_INFINITY),
    {},
  )

// Tables are merged down to the depth, below it the later one replaces the earlier.
const mergeTables = (under: unknown, over: unknown, depth: number): unknown => {
  if (depth === 0 || !isTable(under) || !isTable(over)) return over ?? under
  const merged = new Map(Object.entries(under))
  for (const [key, value] of Object.entries(over)) merged.set(key, mergeTables(merged.get(key), value, depth - 1))
  return Object.fromEntries(merged)
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
