import { CALLS } from './calls.ts'
import { answerTo, type Observation } from './observation.ts'
import { entriesOf, fieldOf, listIn, textOf } from './raw-fields.ts'

/** A plugin of the running containerd, as introspection tells it. */
export interface Plugin {
  /** For example io.containerd.snapshotter.v1. */
  readonly type: string
  readonly id: string
  readonly exports: ReadonlyMap<string, string>
  /** Why the plugin is not there; '' when it is. */
  readonly initError: string
}

const SNAPSHOTTER_TYPE = 'io.containerd.snapshotter.v1'

const readPlugin = (raw: unknown): Plugin => ({
  type: textOf(raw, 'type'),
  id: textOf(raw, 'id'),
  exports: new Map(
    entriesOf(raw, 'exports').filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  ),
  initError: initErrorOf(fieldOf(raw, 'init_err') ?? undefined),
})

const initErrorOf = (error: unknown): string => (error === undefined ? '' : textOf(error, 'message') || 'failed')

/** Every plugin of containerd; null when containerd did not tell. */
export const readPlugins = (observation: Observation): readonly Plugin[] | null =>
  listIn(answerTo(observation, CALLS.plugins), 'plugins')?.map(readPlugin) ?? null

/** The snapshotters that containerd has: one that failed to start, or is skipped on this machine, is not one. */
export const snapshottersOf = (plugins: readonly Plugin[]): readonly Plugin[] =>
  plugins.filter(({ type, initError }) => type === SNAPSHOTTER_TYPE && initError === '')

/** A path without the slashes at its end, so that two ways of writing it are the same. */
export const normalPath = (path: string): string => path.replace(/(?<=.)\/+$/, '')
