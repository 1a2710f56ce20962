import { REASON_CATALOGUE } from '../policy/reason-catalogue.ts'
import type { Reason } from '../policy/reasons.ts'

/** The catalogue's remedy as a clause that can follow a colon, without what it says after its first comma or semicolon. */
export const remedyClause = (reason: Reason): string => remedyText(reason).replace(/[;,].*$/, '')

/** The whole remedy as a clause; '' for a node that is Ready. */
export const remedyText = (reason: Reason): string => {
  if (reason === '') return ''
  const { remedy } = REASON_CATALOGUE[reason]
  // Every remedy starts with a verb and ends with a full stop.
  return `${remedy.charAt(0).toLowerCase()}${remedy.slice(1)}`.replace(/\.$/, '')
}
