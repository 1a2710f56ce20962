import { plainText } from '../policy/plain-text.ts'
import { REASON_CATALOGUE } from '../policy/reason-catalogue.ts'
import { trapWords } from '../report/facts/config-trap.ts'
import { evidenceRows } from './inspect-evidence.ts'
import type { Inspection } from './inspect-verdict.ts'
import type { Palette } from './palette.ts'
import { colourState } from './state-colour.ts'
import { formatTable } from './table.ts'
import { wrapText } from './wrap-text.ts'

const HEADING = ['FACT', 'VALUE', 'READ FROM']

/** The verdict for a person: the state and why, what to do, then the evidence and what else is worth knowing. */
export const formatInspection = (inspection: Inspection, palette: Palette, columns: number): string => {
  const { verdict, report } = inspection
  const head = [colourState(verdict.state, palette), verdict.reason].filter(Boolean).join(': ')
  const rows = evidenceRows(report, verdict.expectedSnapshotter)
  return [
    palette.strong(head),
    ...paragraph(verdict.message, columns),
    '',
    formatTable(HEADING, rows).trimEnd(),
    ...notes(inspection).flatMap(([name, text]) => ['', palette.caution(name), ...paragraph(text, columns)]),
    '',
  ].join('\n')
}

const paragraph = (text: string, columns: number): string[] => wrapText(plainText(text, 2000), Math.max(40, columns))

const notes = ({ verdict, report }: Inspection): [string, string][] => {
  const trap = trapWords(report.configTrap)
  return [
    ...(trap === null
      ? []
      : [[`Configuration: ${report.configTrap}`, `${trap.meaning} ${trap.remedy}`] as [string, string]]),
    ...verdict.advisories.map((advisory): [string, string] => {
      const { meaning, remedy } = REASON_CATALOGUE[advisory]
      return [`Advisory: ${advisory}`, `${meaning} ${remedy}`]
    }),
  ]
}
