import type { Command } from './commands.ts'
import type { ChoiceSetting, Setting } from './setting.ts'
import type { SettingValue } from './setting-value.ts'

/** The value of a setting that nobody has given to this command; undefined for text without a default. */
export const defaultOf = (command: Command, setting: Setting): SettingValue => {
  if (setting.kind === 'list') return []
  if (setting.kind === 'switch') return setting.negatable ? undefined : false
  return setting.defaults?.[command] ?? setting.default
}

/** The words that a command knows for a setting. */
export const choicesOf = (command: Command, setting: ChoiceSetting): readonly string[] =>
  setting.choicesFor?.[command] ?? setting.choices
