import { stringify } from 'yaml'
import type { Settings } from '../config/settings.ts'
import type { NodeVerdict } from '../policy/node-verdict.ts'
import type { Roster } from '../policy/roster.ts'
import type { Io } from './io.ts'
import { nodeRecord } from './node-records.ts'
import { nodeHeading, nodeRow } from './node-table.ts'
import { createPalette } from './palette.ts'
import { createTable } from './table.ts'

/** Prints verdicts as they change: rows of one table, a JSON line each, or a YAML document each. */
export const createNodesPrinter = (
  { output, color }: Pick<Settings<'nodes'>, 'output' | 'color'>,
  roster: Roster,
  io: Io,
): ((verdicts: readonly NodeVerdict[]) => void) => {
  const write = formatter(output, color, roster, io)
  let isFirst = true
  return verdicts => {
    if (verdicts.length > 0) io.stdout.write(write(verdicts))
    else if (isFirst) io.stderr.write('No nodes found; waiting for some.\n')
    isFirst = false
  }
}

const formatter = (
  output: Settings<'nodes'>['output'],
  color: boolean | undefined,
  roster: Roster,
  io: Io,
): ((verdicts: readonly NodeVerdict[]) => string) => {
  if (output === 'json') return verdicts => verdicts.map(verdict => `${JSON.stringify(nodeRecord(verdict))}\n`).join('')
  if (output === 'yaml') return verdicts => verdicts.map(verdict => `---\n${stringify(nodeRecord(verdict))}`).join('')
  const wide = output === 'wide'
  const palette = createPalette(io.stdout, io.env, color)
  const format = createTable(nodeHeading(wide))
  return verdicts => format(verdicts.map(verdict => nodeRow(verdict, roster, { wide, palette, nowMs: io.nowMs() })))
}
