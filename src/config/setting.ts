import type { Command } from './commands.ts'

/** What every row of the settings table says, whatever its kind. */
interface SettingRow {
  /** The flag without its two dashes. */
  readonly flag: string
  /** One letter, for a flag that people type often. */
  readonly short?: string
  /** The environment variable; none for what belongs to one invocation only. */
  readonly variable?: string
  readonly description: string
  readonly commands: readonly Command[]
  /** Commands that cannot work without a value. */
  readonly requiredBy?: readonly Command[]
}

/** A value that is text, named by `placeholder` in the help; undefined without a default. */
export interface TextSetting extends SettingRow {
  readonly kind: 'text'
  readonly placeholder: string
  readonly default?: string
  readonly defaults?: Partial<Record<Command, string>>
}

/** Text that may be given several times, or separated by commas in a variable; [] by default. */
export interface ListSetting extends SettingRow {
  readonly kind: 'list'
  readonly placeholder: string
  readonly format?: 'dnsName' | 'ipAddress'
}

/** A whole number from `minimum` to `maximum`. */
export interface IntegerSetting extends SettingRow {
  readonly kind: 'integer'
  readonly placeholder: string
  readonly minimum: number
  readonly maximum: number
  readonly default: number
  readonly defaults?: Partial<Record<Command, number>>
}

/** One of a closed set of words, of which a command may know fewer. */
export interface ChoiceSetting extends SettingRow {
  readonly kind: 'choice'
  readonly placeholder: string
  readonly choices: readonly string[]
  readonly choicesFor?: Partial<Record<Command, readonly string[]>>
  readonly default: string
  readonly defaults?: Partial<Record<Command, string>>
}

/** On or off; with `negatable` also undefined, when neither --flag nor --no-flag was given. */
export interface SwitchSetting extends SettingRow {
  readonly kind: 'switch'
  readonly negatable?: true
}

/** One row of the settings table. */
export type Setting = TextSetting | ListSetting | IntegerSetting | ChoiceSetting | SwitchSetting
