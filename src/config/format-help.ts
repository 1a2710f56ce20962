import { COMMAND_NAMES, COMMANDS, type Command } from './commands.ts'
import type { Setting } from './setting.ts'
import { choicesOf, defaultOf } from './setting-for-command.ts'
import { settingsOf } from './settings-table.ts'

const MAX_COLUMNS = 100
const GAP = '  '

/** The help of a command, or of all commands when none is named: aligned, at most 100 columns, with a line break at the end. */
export const formatHelp = (command: Command | null): string => (command === null ? overview() : helpOf(command))

const overview = (): string => {
  const rows = COMMAND_NAMES.map(name => ({ left: `  ${name}`, right: COMMANDS[name] }))
  return [
    'soci-guard keeps pods off Kubernetes nodes that are in a mixed-snapshotter state.',
    '',
    'Usage: soci-guard COMMAND [flags]',
    '',
    'Commands:',
    ...layOut(rows),
    '',
    'Run "soci-guard COMMAND --help" for the flags of a command, "soci-guard --version" for the version.',
    '',
  ].join('\n')
}

const helpOf = (command: Command): string => {
  const settings = settingsOf(command).map(({ setting }) => setting)
  const required = settings
    .filter(setting => setting.requiredBy?.includes(command))
    .map(setting => ` ${nameOf(setting)}`)
  const rows = settings.map(setting => ({ left: flagColumn(setting), right: describe(command, setting) }))
  return [
    `soci-guard ${command}: ${COMMANDS[command]}.`,
    '',
    `Usage: soci-guard ${command}${required.join('')} [flags]`,
    '',
    'Flags:',
    ...layOut([...rows, { left: '  -h, --help', right: 'show this help' }]),
    '',
    ...(settings.some(({ variable }) => variable !== undefined) ? [PRECEDENCE, ''] : []),
  ].join('\n')
}

const PRECEDENCE = 'A flag wins over its variable, and a variable over the default.'

const nameOf = (setting: Setting): string => {
  const name = `--${setting.kind === 'switch' && setting.negatable ? '[no-]' : ''}${setting.flag}`
  return 'placeholder' in setting ? `${name} ${setting.placeholder}` : name
}

const flagColumn = (setting: Setting): string => {
  const short = setting.short === undefined ? '    ' : `-${setting.short}, `
  return `  ${short}${nameOf(setting)}`
}

const describe = (command: Command, setting: Setting): string => {
  const value = defaultOf(command, setting)
  const notes = [
    ...(setting.kind === 'choice' ? [choicesOf(command, setting).join(', ')] : []),
    ...(setting.kind === 'switch' || setting.kind === 'list' || value === undefined ? [] : [`default ${value}`]),
    ...(setting.variable === undefined ? [] : [`$${setting.variable}`]),
  ]
  return notes.length === 0 ? setting.description : `${setting.description} (${notes.join('; ')})`
}

const layOut = (rows: readonly { left: string; right: string }[]): string[] => {
  const width = Math.max(...rows.map(({ left }) => left.length))
  return rows.flatMap(({ left, right }) =>
    wrap(right, MAX_COLUMNS - width - GAP.length).map(
      (line, index) => `${(index === 0 ? left : '').padEnd(width)}${GAP}${line}`,
    ),
  )
}

const wrap = (text: string, columns: number): string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
