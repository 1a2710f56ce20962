import { GuardError } from '../errors.ts'
import { parseSelectorText, type TextSelector } from '../scheduling/parse-selector-text.ts'

/** The selector that --selector gives, one that selects everything without the flag; a GuardError when it makes no sense. */
export const readSelectorFlag = (text: string | undefined): TextSelector => {
  const parsed = parseSelectorText(text ?? '')
  if (parsed.ok) return parsed.value
  throw new GuardError('SOCI_GUARD_USAGE', `--selector ${text}: ${parsed.problems[0]?.message}`)
}
