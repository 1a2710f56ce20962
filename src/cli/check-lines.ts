import type { PredictedNode, Prediction } from '../admission/predict.ts'
import { plainText } from '../policy/plain-text.ts'
import type { CheckSubject } from './check-subjects.ts'
import type { Palette } from './palette.ts'
import { colourState } from './state-colour.ts'
import { formatTable } from './table.ts'

const LONGEST_NAME = 253

const titleOf = (subject: CheckSubject, palette: Palette): string =>
  palette.strong(`${plainText(subject.kind)} ${plainText(subject.namespace)}/${plainText(subject.name, LONGEST_NAME)}`)

const verdictWord = (verdict: Prediction['verdict'], palette: Palette): string => {
  if (verdict === 'allow') return palette.good('ALLOW')
  return verdict === 'warn' ? palette.caution('WARN') : palette.bad('DENY')
}

const nodeRow = ({ name, eligible, state, reason, filter }: PredictedNode, palette: Palette): string[] => [
  `  ${plainText(name, LONGEST_NAME)}`,
  eligible ? 'yes' : 'no',
  colourState(state, palette),
  reason === '' ? '<none>' : reason,
  filter ?? '<none>',
]

/** What becomes of one object, for a person: a sentence, and a table of the nodes where they were asked for. */
export const formatPrediction = (subject: CheckSubject, prediction: Prediction, palette: Palette): string => {
  const { verdict, message, nodes } = prediction
  const line = `${titleOf(subject, palette)}: ${verdictWord(verdict, palette)} ${message}\n`
  if (nodes.length === 0) return line
  const rows = nodes.map(node => nodeRow(node, palette))
  return `${line}${formatTable(['  NODE', 'ELIGIBLE', 'STATE', 'REASON', 'FILTER'], rows)}`
}

/** That an object has nothing to predict for. */
export const formatSkipped = (subject: CheckSubject, palette: Palette): string =>
  `${titleOf(subject, palette)}: ${palette.faint('skipped, it bears no pods')}\n`
