import type { Problem } from '../errors.ts'
import { findClosestWord } from './closest-word.ts'
import { COMMAND_NAMES, type Command, isCommand } from './commands.ts'
import { readFlags } from './read-flags.ts'
import { type Environment, resolveSettings, type Settings } from './settings.ts'

/** A command to run, with its settings. */
export type Run = { readonly [Name in Command]: { kind: 'run'; command: Name; settings: Settings<Name> } }[Command]

/** What a command line asks for; help is about one command, or about all of them when it is null. */
export type CommandLine =
  | Run
  | { readonly kind: 'help'; readonly command: Command | null }
  | { readonly kind: 'version' }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** What the arguments (without node and script) and the environment ask for, or everything wrong with them at once. */
export const readCommandLine = (argv: readonly string[], env: Environment): CommandLine => {
  const [first, ...rest] = argv
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', command: null }
  if (first === 'help') return helpAbout(rest[0])
  if (first === '--version' || first === '-v' || first === 'version') return { kind: 'version' }
  if (!isCommand(first)) return { kind: 'invalid', problems: [notACommand(first)] }
  const flags = readFlags(first, rest)
  if (flags.help) return { kind: 'help', command: first }
  if (flags.version) return { kind: 'version' }
  const settings = resolveSettings(first, flags, env)
  if (!settings.ok) return { kind: 'invalid', problems: settings.problems }
  // The command and its settings belong together, but the compiler sees two unions here.
  return { kind: 'run', command: first, settings: settings.value } as Run
}

const helpAbout = (word: string | undefined): CommandLine => {
  if (word === undefined) return { kind: 'help', command: null }
  return isCommand(word) ? { kind: 'help', command: word } : { kind: 'invalid', problems: [notACommand(word)] }
}

const notACommand = (word: string): Problem => {
  const names = COMMAND_NAMES.join(', ')
  if (word.startsWith('-')) return { path: `soci-guard ${word}`, message: `expected a command first: one of ${names}` }
  const closest = findClosestWord(word, COMMAND_NAMES)
  const advice = closest === undefined ? `expected one of ${names}` : `did you mean ${closest}?`
  return { path: `soci-guard ${word}`, message: `unknown command; ${advice}` }
}
