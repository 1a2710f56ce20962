import type { Parsed, Problem } from '../errors.ts'
import type { Command } from './commands.ts'
import { type Flags, readFlags } from './read-flags.ts'
import type { Setting } from './setting.ts'
import { defaultOf } from './setting-for-command.ts'
import { parseSettingValue, type SettingValue } from './setting-value.ts'
import { type SETTINGS, type SettingName, settingsOf } from './settings-table.ts'

type Table = typeof SETTINGS

type ValueOf<Row, Name> = Row extends { kind: 'switch' }
  ? Row extends { negatable: true }
    ? boolean | undefined
    : boolean
  : Row extends { kind: 'integer' }
    ? number
    : Row extends { kind: 'list' }
      ? readonly string[]
      : Row extends { kind: 'choice'; choices: readonly (infer Choice)[] }
        ? Choice
        : TextOf<Row, Name>

type TextOf<Row, Name> = Row extends { default: string }
  ? string
  : Row extends { requiredBy: readonly (infer Requiring)[] }
    ? Name extends Requiring
      ? string
      : string | undefined
    : string | undefined

/** The settings of one command, each with its value; names are those of the table. */
export type Settings<Name extends Command = Command> = {
  readonly [Key in SettingName as Name extends Table[Key]['commands'][number] ? Key : never]: ValueOf<Table[Key], Name>
}

/** The environment, as the operating system gives it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The settings of a command from its arguments, then SOCI_GUARD_* variables, then defaults; or everything wrong with them. */
export const parseSettings = <Name extends Command>(
  command: Name,
  argv: readonly string[],
  env: Environment,
): Parsed<Settings<Name>> => resolveSettings(command, readFlags(command, argv), env)

/** The same from flags that have been read already. */
export const resolveSettings = <Name extends Command>(
  command: Name,
  flags: Flags,
  env: Environment,
): Parsed<Settings<Name>> => {
  const problems: Problem[] = [...flags.problems]
  const values: Partial<Record<SettingName, SettingValue>> = {}
  for (const { name, setting } of settingsOf(command)) {
    const parsed = findValue(command, setting, flags, env)
    if (parsed.ok) values[name] = parsed.value
    else problems.push(...parsed.problems)
  }
  if (problems.length === 0) problems.push(...findConflicts(values))
  if (problems.length > 0) return { ok: false, problems }
  // Every row of the command has a value of its kind now; the compiler cannot follow the table that far.
  return { ok: true, value: Object.freeze(values) as unknown as Settings<Name> }
}

const findValue = (command: Command, setting: Setting, flags: Flags, env: Environment): Parsed<SettingValue> => {
  const given = flags.given.get(setting.flag) ?? fromVariable(setting, env)
  if (given !== undefined) return parseSettingValue(command, setting, given)
  // A flag that was given without its value has been reported; that it is needed too would be noise.
  if (!setting.requiredBy?.includes(command) || flags.incomplete.has(setting.flag)) {
    return { ok: true, value: defaultOf(command, setting) }
  }
  const variable = setting.variable === undefined ? '' : ` or the variable ${setting.variable}`
  const message = `needs --${setting.flag} ${'placeholder' in setting ? setting.placeholder : ''}${variable}`
  return { ok: false, problems: [{ path: `soci-guard ${command}`, message }] }
}

// The kubelet describes each Service to the pods of its namespace: one called soci-guard makes SOCI_GUARD_PORT=tcp://10.96.0.7:443.
const SERVICE_LINK = /^(tcp|udp|sctp):\/\//

const fromVariable = ({ kind, variable }: Setting, env: Environment) => {
  const text = variable === undefined || !Object.hasOwn(env, variable) ? undefined : env[variable]
  // An empty variable is how manifests and shells leave one unset.
  if (text === undefined || text === '' || SERVICE_LINK.test(text)) return undefined
  const texts = kind === 'list' ? text.split(',').map(part => part.trim()) : [text]
  return texts.map(part => ({ label: `${variable}=${part}`, text: part }))
}

const findConflicts = (values: Partial<Record<SettingName, SettingValue>>): Problem[] => {
  const { clientNames, clientCA, port, opsPort, host, opsHost, namespace, allNamespaces, inventory } = values
  const problems: Problem[] = []
  if (Array.isArray(clientNames) && clientNames.length > 0 && clientCA === undefined) {
    problems.push({ path: '--client-name', message: 'needs --client-ca, or no client shows a certificate' })
  }
  if (port !== undefined && port !== 0 && port === opsPort && host === opsHost) {
    problems.push({ path: `--ops-port ${opsPort}`, message: 'expected another port than that of --port' })
  }
  if (namespace !== undefined && allNamespaces === true) {
    problems.push({ path: '--all-namespaces', message: `expected either all namespaces or --namespace ${namespace}` })
  }
  const cluster = (['kubeconfig', 'context'] as const).find(name => values[name] !== undefined)
  if (cluster !== undefined && inventory !== undefined) {
    problems.push({ path: `--${cluster}`, message: `expected either a cluster or --inventory ${inventory}` })
  }
  return problems
}
