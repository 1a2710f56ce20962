import { stringify } from 'yaml'
import type { Settings } from '../config/settings.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { nodeRecord } from './node-records.ts'
import { formatNodeTable } from './node-table.ts'
import { readViewOnce } from './one-time-view.ts'
import { createPalette } from './palette.ts'

/** `soci-guard nodes`: the state of every node of the inventory, by name. */
export const nodes = async (settings: Settings<'nodes'>, io: Io): Promise<ExitCode> => {
  const nowMs = io.nowMs()
  const { roster } = await readViewOnce(settings, nowMs)
  const verdicts = roster.verdicts(nowMs)
  switch (settings.output) {
    case 'json':
      io.stdout.write(`${JSON.stringify(verdicts.map(nodeRecord), null, 2)}\n`)
      return 0
    case 'yaml':
      io.stdout.write(stringify(verdicts.map(nodeRecord)))
      return 0
    default: {
      const palette = createPalette(io.stdout, io.env, settings.color)
      io.stdout.write(formatNodeTable(verdicts, roster, { wide: settings.output === 'wide', palette, nowMs }))
      return 0
    }
  }
}
