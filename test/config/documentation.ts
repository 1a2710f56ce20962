import schema from '../../schemas/guard-configuration.schema.json' with { type: 'json' }
import { COMMAND_NAMES } from '../../src/config/commands.ts'
import type { Setting } from '../../src/config/setting.ts'
import { SETTINGS } from '../../src/config/settings-table.ts'
import type { Schema } from './schema.ts'

/** The settings table of docs/configuration.md, as it must read. */
export const settingsTable = (): string =>
  table(
    ['flag', 'variable', 'default', 'commands', 'meaning'],
    Object.values<Setting>(SETTINGS).map(setting => [
      code([...(setting.short === undefined ? [] : [`-${setting.short},`]), flagOf(setting)].join(' ')),
      setting.variable === undefined ? '' : code(setting.variable),
      defaultText(setting),
      COMMAND_NAMES.filter(command => setting.commands.includes(command)).join(', '),
      meaning(setting),
    ]),
  )

const flagOf = (setting: Setting): string => {
  if (setting.kind === 'switch') return setting.negatable ? `--[no-]${setting.flag}` : `--${setting.flag}`
  return `--${setting.flag} ${setting.placeholder}`
}

const defaultText = (setting: Setting): string => {
  if (setting.kind === 'list' || setting.kind === 'switch') return ''
  const overrides = Object.entries(setting.defaults ?? {}).map(([command, value]) => `${command}: ${code(value)}`)
  return [...(setting.default === undefined ? [] : [code(setting.default)]), ...overrides].join('; ')
}

const meaning = (setting: Setting): string => {
  const required = setting.requiredBy === undefined ? '' : `; needed by ${setting.requiredBy.join(', ')}`
  const range = setting.kind === 'integer' ? ` (${setting.minimum} to ${setting.maximum})` : ''
  const choices = setting.kind === 'choice' ? ` (${setting.choices.map(code).join(', ')})` : ''
  return `${setting.description}${range}${choices}${required}`
}

/** The field table of docs/configuration.md, as it must read. */
export const fieldTable = (): string =>
  table(
    ['field', 'value', 'default', 'meaning'],
    fieldsOf(schema as Schema, '').map(({ path, field }) => [
      code(path),
      valueText(field),
      field.default === undefined ? '' : code(JSON.stringify(field.default).replaceAll('"', '')),
      field.description ?? '',
    ]),
  )

const fieldsOf = (node: Schema, path: string): { path: string; field: Schema }[] =>
  Object.entries(resolve(node).properties ?? {}).flatMap(([name, field]) => {
    const here = `${path}${name}`
    const { items } = resolve(field)
    return [
      { path: here, field },
      ...fieldsOf(field, `${here}.`),
      ...(items === undefined ? [] : fieldsOf(items, `${here}[].`)),
    ]
  })

const resolve = (node: Schema): Schema =>
  node.$ref === undefined
    ? node
    : ((schema.definitions as Record<string, Schema>)[node.$ref.replace('#/definitions/', '')] ?? {})

const valueText = (field: Schema): string => {
  const { title, enum: choices, const: constant, items } = resolve(field)
  if (constant !== undefined) return code(constant)
  if (choices !== undefined) return choices.map(code).join(', ')
  const inner = items === undefined ? undefined : resolve(items).enum
  return `${title}${inner === undefined ? '' : `: ${inner.map(code).join(', ')}`}`
}

const code = (value: string | number): string => `\`${value}\``

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
