import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import type { Problem } from '../errors.ts'
import { findClosestWord } from './closest-word.ts'
import type { Command } from './commands.ts'
import type { Setting } from './setting.ts'
import { choicesOf } from './setting-for-command.ts'
import type { GivenValue } from './setting-value.ts'
import { settingsOf } from './settings-table.ts'

/** What the arguments of a command say, before any value is looked at. */
export interface Flags {
  readonly help: boolean
  readonly version: boolean
  /** By flag, every time it was given. */
  readonly given: ReadonlyMap<string, readonly GivenValue[]>
  /** Flags that were given without the value they need; each has a problem. */
  readonly incomplete: ReadonlySet<string>
  readonly problems: readonly Problem[]
}

type Token = ReturnType<typeof tokenize>[number]
type OptionToken = Extract<Token, { kind: 'option' }>

/** The flags among the arguments of a command, and a problem for each argument that is none or lacks its value. */
export const readFlags = (command: Command, argv: readonly string[]): Flags => {
  const settings = new Map(settingsOf(command).map(({ setting }) => [setting.flag, setting]))
  const given = new Map<string, GivenValue[]>()
  const incomplete = new Set<string>()
  const asked = new Set<string>()
  const problems: Problem[] = []
  // parseArgs takes what follows a wrong flag for an argument of its own; more likely it is that flag's value.
  let isValueExpected = false
  for (const token of tokenize(argv, settings)) {
    const isFlagValue = isValueExpected
    isValueExpected = false
    if (token.kind === 'positional' && !isFlagValue) {
      problems.push({ path: `soci-guard ${command} ${token.value}`, message: unexpectedArgument(settings) })
    }
    if (token.kind !== 'option') continue
    const found = readOption(command, token, settings)
    if (found.kind === 'asked') asked.add(token.name)
    else if (found.kind === 'given') given.set(found.flag, [...(given.get(found.flag) ?? []), found.value])
    else problems.push(found.problem)
    if (found.kind === 'incomplete') incomplete.add(token.name)
    isValueExpected = found.kind === 'incomplete' || (found.kind === 'unknown' && token.value === undefined)
  }
  return { help: asked.has('help'), version: asked.has('version'), given, incomplete, problems }
}

const tokenize = (argv: readonly string[], settings: ReadonlyMap<string, Setting>) => {
  const options: ParseArgsOptionsConfig = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
  }
  for (const { flag, short, kind } of settings.values()) {
    options[flag] = { type: kind === 'switch' ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) }
  }
  // Not strict, because strict stops at the first problem; what strict checks is checked below.
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

type Found =
  | { kind: 'asked' }
  | { kind: 'given'; flag: string; value: GivenValue }
  | { kind: 'incomplete' | 'unknown'; problem: Problem }

const readOption = (command: Command, token: OptionToken, settings: ReadonlyMap<string, Setting>): Found => {
  const { name, rawName, value } = token
  if (name === 'help' || name === 'version') return { kind: 'asked' }
  const setting = settings.get(name)
  if (setting === undefined) return readNegation(token, settings)
  if (setting.kind === 'switch') {
    const label = value === undefined ? rawName : `${rawName}=${value}`
    return { kind: 'given', flag: name, value: { label, text: value ?? 'true' } }
  }
  // A value that starts with a dash is given as --flag=value; a negative number is a wrong value rather than a flag.
  const isFlagInstead = value !== undefined && token.inlineValue === false && /^-[^0-9]/.test(value)
  if (value !== undefined && !isFlagInstead) {
    return {
      kind: 'given',
      flag: name,
      value: { label: value === '' ? `${rawName}=` : `${rawName} ${value}`, text: value },
    }
  }
  const expected = setting.kind === 'choice' ? `one of ${choicesOf(command, setting).join(', ')}` : setting.placeholder
  const after = isFlagInstead ? `; found ${value}` : ''
  return { kind: 'incomplete', problem: { path: rawName, message: `expected a value: ${expected}${after}` } }
}

const readNegation = ({ name, rawName, value }: OptionToken, settings: ReadonlyMap<string, Setting>): Found => {
  const positive = name.replace(/^no-/, '')
  const setting = settings.get(positive)
  if (positive !== name && value === undefined && setting?.kind === 'switch' && setting.negatable) {
    return { kind: 'given', flag: positive, value: { label: rawName, text: 'false' } }
  }
  const closest = rawName.startsWith('--') ? findClosestWord(name, [...settings.keys(), 'help', 'version']) : undefined
  const advice = closest === undefined ? 'see --help' : `did you mean --${closest}?`
  return { kind: 'unknown', problem: { path: rawName, message: `unknown flag; ${advice}` } }
}

const unexpectedArgument = (settings: ReadonlyMap<string, Setting>): string =>
  settings.has('filename') ? 'expected only flags; files go to --filename' : 'expected only flags; see --help'
