import { stringify } from 'yaml'
import type { Settings } from '../config/settings.ts'
import { matchesTextSelector } from '../scheduling/parse-selector-text.ts'
import { readView } from './cluster-source.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { nodeRecord } from './node-records.ts'
import { formatNodeTable } from './node-table.ts'
import { createPalette } from './palette.ts'
import { readSelectorFlag } from './selector-flag.ts'

/** `soci-guard nodes`: the state of every node of the cluster or of the inventory, by name. */
export const nodes = async (settings: Settings<'nodes'>, io: Io): Promise<ExitCode> => {
  const selector = readSelectorFlag(settings.selector)
  if (settings.watch) return (await import('./nodes-watch.ts')).watchNodes(settings, selector, io)
  const { roster, nowMs } = await readView(settings, ['nodes', 'reports'], io)
  // Also with a selector all nodes are read: whether there is an outage of the evidence depends on all of them.
  const verdicts = roster
    .verdicts(nowMs)
    .filter(({ node }) => matchesTextSelector(selector, roster.factsOf(node)?.labels ?? {}))
  switch (settings.output) {
    case 'json':
      io.stdout.write(`${JSON.stringify(verdicts.map(nodeRecord), null, 2)}\n`)
      return 0
    case 'yaml':
      io.stdout.write(stringify(verdicts.map(nodeRecord)))
      return 0
    default: {
      const palette = createPalette(io.stdout, io.env, settings.color)
      if (verdicts.length === 0) io.stderr.write('No nodes found.\n')
      else io.stdout.write(formatNodeTable(verdicts, roster, { wide: settings.output === 'wide', palette, nowMs }))
      return 0
    }
  }
}
