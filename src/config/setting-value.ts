import { isIP } from 'node:net'
import type { Parsed, Problem } from '../errors.ts'
import { findClosestWord } from './closest-word.ts'
import type { Command } from './commands.ts'
import type { ChoiceSetting, IntegerSetting, ListSetting, Setting } from './setting.ts'
import { choicesOf } from './setting-for-command.ts'

/** The value of any setting. */
export type SettingValue = string | number | boolean | readonly string[] | undefined

/** A value as it was given: the text, and how messages call it, for example `--port 70000` or `SOCI_GUARD_PORT=70000`. */
export interface GivenValue {
  readonly label: string
  readonly text: string
}

/** The value of a setting from every time it was given; of a setting with one value the last one counts. */
export const parseSettingValue = (
  command: Command,
  setting: Setting,
  given: readonly GivenValue[],
): Parsed<SettingValue> => {
  if (setting.kind === 'list') return parseList(setting, given)
  const last = given.at(-1) ?? { label: `--${setting.flag}`, text: '' }
  if (setting.kind === 'integer') return parseInteger(setting, last)
  if (setting.kind === 'choice') return parseChoice(choicesOf(command, setting), setting, last)
  if (setting.kind === 'switch') return parseSwitch(last)
  return last.text === '' ? refuse(last, `expected a value: ${setting.placeholder}`) : { ok: true, value: last.text }
}

const parseInteger = ({ minimum, maximum }: IntegerSetting, given: GivenValue): Parsed<SettingValue> => {
  const value = /^[0-9]{1,9}$/.test(given.text) ? Number(given.text) : Number.NaN
  return value >= minimum && value <= maximum ? { ok: true, value } : refuse(given, `expected ${minimum} to ${maximum}`)
}

const parseChoice = (choices: readonly string[], setting: ChoiceSetting, given: GivenValue): Parsed<SettingValue> => {
  if (choices.includes(given.text)) return { ok: true, value: given.text }
  const closest = findClosestWord(given.text, choices)
  const suggestion = closest === undefined || setting.choices.includes(given.text) ? '' : `; did you mean ${closest}?`
  return refuse(given, `expected one of ${choices.join(', ')}${suggestion}`)
}

const parseSwitch = (given: GivenValue): Parsed<SettingValue> =>
  given.text === 'true' || given.text === 'false'
    ? { ok: true, value: given.text === 'true' }
    : refuse(given, 'expected true or false')

const DNS_NAME = /^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i
const MAX_DNS_NAME_CHARACTERS = 253

const parseList = ({ format, placeholder }: ListSetting, given: readonly GivenValue[]): Parsed<SettingValue> => {
  const problems = given.flatMap(({ label, text }): Problem[] => {
    if (text === '') return [{ path: label, message: `expected a value: ${placeholder}` }]
    if (format === 'ipAddress' && isIP(text) === 0) return [{ path: label, message: 'expected an IP address' }]
    const isName = DNS_NAME.test(text) && text.length <= MAX_DNS_NAME_CHARACTERS && isIP(text) === 0
    if (format === 'dnsName' && !isName) return [{ path: label, message: `expected a DNS name${hintFor(text)}` }]
    return []
  })
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: Object.freeze(given.map(({ text }) => text)) }
}

const hintFor = (text: string): string => (isIP(text) === 0 ? '' : '; addresses go to --ip')

const refuse = ({ label }: GivenValue, message: string): Parsed<SettingValue> => ({
  ok: false,
  problems: [{ path: label, message }],
})
