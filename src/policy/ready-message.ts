import type { Pool } from './configuration.ts'
import { plainText } from './plain-text.ts'
import { shortList } from './short-list.ts'

/** What was found on a node that is Ready by its report. */
export const readyByReport = (expectedSnapshotter: string): string =>
  `${plainText(expectedSnapshotter)} is the default snapshotter and nothing of this boot was found outside it.`

/** What was found on a node that stays Ready by its last report because most reports are out. */
export const readyByHeldReport = (expectedSnapshotter: string): string =>
  `${readyByReport(expectedSnapshotter)} This is from its last report of this boot, held while most reports are out.`

/** What was found on a node that is Ready by label, which is the weaker evidence and is named as such. */
export const readyByLabel = ({ readyLabels }: Pick<Pool, 'readyLabels'>): string =>
  `judged by label, the node carries ${shortList(Object.entries(readyLabels).map(([key, value]) => `${key}=${value}`))}.`
