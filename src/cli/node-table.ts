import type { NodeVerdict } from '../policy/node-verdict.ts'
import { plainText } from '../policy/plain-text.ts'
import type { Roster } from '../policy/roster.ts'
import { formatAge } from './age.ts'
import type { Palette } from './palette.ts'
import { colourState } from './state-colour.ts'
import { formatTable } from './table.ts'

const HEADING = ['NAME', 'STATE', 'REASON', 'SNAPSHOTTER', 'CONTAINERD', 'BOOT', 'AGE']
const WIDE_HEADING = [...HEADING, 'POOL', 'MODE', 'EVIDENCE', 'ADVISORIES', 'MESSAGE']

const CONTAINERD_SCHEME = 'containerd://'
// As many characters of a boot ID as git shows of a commit, and for the same reason.
const BOOT_ID_SHOWN = 8

const told = (text: string): string => (text === '' ? '<unknown>' : plainText(text))
const some = (text: string): string => (text === '' ? '<none>' : plainText(text))

const containerdVersion = (name: string, roster: Roster): string => {
  const reported = roster.reportOf(name)?.runtime.version ?? ''
  if (reported !== '') return reported
  const version = roster.factsOf(name)?.containerRuntimeVersion ?? ''
  return version.startsWith(CONTAINERD_SCHEME) ? version.slice(CONTAINERD_SCHEME.length) : version
}

/** How the table of nodes is shown. */
export interface NodeTableOptions {
  /** With what explains each verdict. */
  readonly wide: boolean
  readonly palette: Palette
  readonly nowMs: number
}

/** The heading of the table of nodes. */
export const nodeHeading = (wide: boolean): readonly string[] => (wide ? WIDE_HEADING : HEADING)

/** The row of one node. */
export const nodeRow = (
  verdict: NodeVerdict,
  roster: Roster,
  { wide, palette, nowMs }: NodeTableOptions,
): readonly string[] => {
  const facts = roster.factsOf(verdict.node)
  const narrow = [
    plainText(verdict.node, 253),
    colourState(verdict.state, palette),
    some(verdict.reason),
    told(verdict.defaultSnapshotter),
    told(containerdVersion(verdict.node, roster)),
    told((facts?.bootID ?? '').slice(0, BOOT_ID_SHOWN)),
    formatAge(facts?.creationTimestamp ?? '', nowMs),
  ]
  if (!wide) return narrow
  return [
    ...narrow,
    some(verdict.pool),
    verdict.mode,
    verdict.evidence,
    some(verdict.advisories.join(',')),
    plainText(verdict.message, 1000),
  ]
}

/** The verdicts as a table like those of kubectl. */
export const formatNodeTable = (verdicts: readonly NodeVerdict[], roster: Roster, options: NodeTableOptions): string =>
  formatTable(
    nodeHeading(options.wide),
    verdicts.map(verdict => nodeRow(verdict, roster, options)),
  )
