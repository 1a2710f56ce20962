import { plainText } from '../policy/plain-text.ts'
import type { ScanRow } from '../scan/pod-tally.ts'
import type { Palette } from './palette.ts'
import type { Scanned } from './scan-count.ts'
import { colourState } from './state-colour.ts'
import { formatTable } from './table.ts'

/** How many names of pods a wide row shows. */
export const NAMES_SHOWN = 3

const HEADING = ['NODE', 'STATE', 'REASON', 'NAMESPACE', 'OWNER', 'PODS']
const WIDE_HEADING = [...HEADING, 'DECISION', 'NAMES', 'MESSAGE']
const LONGEST_NAME = 253

const namesOf = ({ pods, count }: ScanRow): string => {
  const shown = pods.slice(0, NAMES_SHOWN)
  return shown.join(',') + (count > shown.length ? `,+${count - shown.length} more` : '')
}

/** The rows as a table like those of kubectl; wide adds what would be done now, the pods, and what to do about the node. */
export const formatScanTable = (
  rows: readonly ScanRow[],
  { wide, palette }: { readonly wide: boolean; readonly palette: Palette },
): string => {
  const cells = rows.map(row => {
    const { kind, name } = row.owner
    const narrow = [
      plainText(row.node, LONGEST_NAME),
      colourState(row.state, palette),
      row.reason,
      plainText(row.namespace, LONGEST_NAME),
      `${plainText(kind)}/${plainText(name, LONGEST_NAME)}`,
      String(row.count),
    ]
    return wide ? [...narrow, row.decision, plainText(namesOf(row), 1000), plainText(row.message, 1000)] : narrow
  })
  return formatTable(wide ? WIDE_HEADING : HEADING, cells)
}

const countOf = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** What a scan found in one sentence, for a person. */
export const scanSummary = ({ rows, exempt, nodes }: Scanned, namespace: string | undefined): string => {
  const aside = exempt === 0 ? '' : `; ${countOf(exempt, 'exempt pod is', 'exempt pods are')} not counted`
  const place = namespace === undefined ? '' : ` in namespace ${namespace}`
  if (rows.length === 0)
    return `No pods found${place} that are where they should not be (${countOf(nodes, 'node')} looked at)${aside}.`
  const pods = rows.reduce((sum, { count }) => sum + count, 0)
  const owners = new Set(rows.map(({ namespace, owner }) => `${namespace}/${owner.kind}/${owner.name}`)).size
  const on = new Set(rows.map(({ node }) => node)).size
  return `${countOf(pods, 'pod')} of ${countOf(owners, 'owner')}${place} on ${on} of ${countOf(nodes, 'node')}${aside}.`
}
