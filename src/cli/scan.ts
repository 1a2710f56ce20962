import { stringify } from 'yaml'
import type { Settings } from '../config/settings.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { readViewOnce } from './one-time-view.ts'
import { createFindWorkload } from './owner-lookup.ts'
import { createPalette } from './palette.ts'
import { createPodCount, type Scanned, suspectsOf } from './scan-count.ts'
import { readScannedFile } from './scan-file.ts'
import { scanRecord } from './scan-records.ts'
import { formatScanTable, NAMES_SHOWN, scanSummary } from './scan-table.ts'
import { readSelectorFlag } from './selector-flag.ts'

type ScanSettings = Settings<'scan'>

/** `soci-guard scan`: pods that run where they would not be let now, by node and owner; 1 when there are any. */
export const scan = async (settings: ScanSettings, io: Io): Promise<ExitCode> => {
  const scanned = await readScanned(settings, io)
  print(settings, io, scanned)
  return scanned.rows.length > 0 ? 1 : 0
}

const readScanned = async (settings: ScanSettings, io: Io): Promise<Scanned> => {
  const { config, inventory, namespace, output } = settings
  // Checked also where the API server does it, so that a mistake is told in one form and before anything is read.
  const selector = readSelectorFlag(settings.selector)
  const keptNames = output === 'json' || output === 'yaml' ? Number.POSITIVE_INFINITY : NAMES_SHOWN
  if (inventory === undefined) {
    const { scanCluster } = await import('./scan-cluster.ts')
    return scanCluster({ ...settings, keptNames }, io)
  }
  const view = await readViewOnce({ config, inventory }, io.nowMs())
  const file = await readScannedFile(inventory, { nodes: suspectsOf(view), namespace, selector })
  const count = createPodCount(view, keptNames)
  for (const pod of file.pods) count.take(pod)
  return count.scanned(createFindWorkload(file.readController))
}

const print = ({ output, color, namespace }: ScanSettings, io: Io, scanned: Scanned): void => {
  const { rows } = scanned
  if (output === 'json') io.stdout.write(`${JSON.stringify(rows.map(scanRecord), null, 2)}\n`)
  else if (output === 'yaml') io.stdout.write(stringify(rows.map(scanRecord)))
  else {
    const palette = createPalette(io.stdout, io.env, color)
    if (rows.length > 0) io.stdout.write(formatScanTable(rows, { wide: output === 'wide', palette }))
    // As kubectl does with what is for a person only: not where a script reads.
    io.stderr.write(`${scanSummary(scanned, namespace)}\n`)
  }
}
