import type { State } from '../policy/reasons.ts'
import type { Palette } from './palette.ts'

/** The state in its colour: Ready is good, Unverified wants caution, everything else is bad. */
export const colourState = (state: State, palette: Palette): string => {
  if (state === 'Ready') return palette.good(state)
  return state === 'Unverified' ? palette.caution(state) : palette.bad(state)
}
