// A kubeconfig as client-node reads it, with what it leaves undone: several files as kubectl merges them, a user's tokenFile,
// the environment of an exec plugin, and a sentence for each way in which one can be wrong.

import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { User } from '@kubernetes/client-node/dist/config_types.js'
import { parse } from 'yaml'
import { isJsonObject, ownMember } from '../../admission/own-member.ts'
import { GuardError } from '../../errors.ts'
import { inClusterConfig, SERVICE_ACCOUNT_DIRECTORY } from './in-cluster-config.ts'
import { type KubeconfigPlace, kubeconfigFiles } from './kubeconfig-files.ts'

/** Which cluster to talk to. */
export interface KubeconfigChoice extends KubeconfigPlace {
  /** The flag --context; undefined: the file's current one. */
  readonly context?: string | undefined
  /** Where a pod's token and CA are; another place for tests only. */
  readonly serviceAccountDirectory?: string
}

/** The configuration of the chosen cluster, or a GuardError that says which file and which entry is wrong. */
export const loadKubeconfig = async (choice: KubeconfigChoice): Promise<KubeConfig> => {
  const files = await kubeconfigFiles(choice)
  if (files.length > 0) return choose(await readFiles(files), choice.context, files)
  const inCluster = inClusterConfig(choice.env, choice.serviceAccountDirectory ?? SERVICE_ACCOUNT_DIRECTORY)
  if (inCluster !== null) return choose(inCluster, choice.context, ['the environment of this pod'])
  throw invalid(
    'there is no cluster to talk to: no --kubeconfig, no KUBECONFIG, no ~/.kube/config, and this is no pod; give --kubeconfig FILE, or --inventory FILE to work from files',
  )
}

const invalid = (message: string, cause?: unknown): GuardError =>
  new GuardError('SOCI_GUARD_KUBECONFIG', message, { cause })

const readFiles = async (files: readonly string[]): Promise<KubeConfig> => {
  const merged = new KubeConfig()
  for (const file of files) {
    const config = await readOne(file)
    // As kubectl does: of entries with one name the first file's counts, and so does the first current context.
    for (const list of ['clusters', 'users', 'contexts'] as const) {
      const known = merged[list] as { name: string }[]
      const added = config[list] as { name: string }[]
      known.push(...added.filter(({ name }) => !known.some(other => other.name === name)))
    }
    merged.currentContext ||= config.currentContext
  }
  return merged
}

const readOne = async (file: string): Promise<KubeConfig> => {
  const text = await readFile(file, 'utf8').catch(error => {
    throw invalid(`${file}: cannot be read: ${messageOf(error)}`, error)
  })
  const config = new KubeConfig()
  try {
    const document: unknown = parse(text)
    if (!isJsonObject(document)) throw new TypeError('expected a kubeconfig, found no mapping')
    config.loadFromString(text)
    config.makePathsAbsolute(dirname(file))
    config.users = config.users.map(user => completeUser(user, document, dirname(file)))
  } catch (error) {
    throw invalid(`${file}: ${messageOf(error)}`, error)
  }
  return config
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message.split('\n', 1)[0] : String(error)) ?? ''

const completeUser = (user: User, document: unknown, directory: string): User => {
  if (user.exec) return { ...user, exec: completeExec(user.exec, directory) }
  const users = ownMember(document, 'users')
  const entry = Array.isArray(users) ? users.find(other => ownMember(other, 'name') === user.name) : undefined
  const tokenFile = ownMember(ownMember(entry, 'user'), 'tokenFile')
  if (typeof tokenFile !== 'string' || tokenFile === '') return user
  // As in client-go the file wins over a token beside it; client-node does not know this field.
  const { token: _, ...rest } = user
  return { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile: absolute(directory, tokenFile) } } }
}

const absolute = (directory: string, path: string): string => (isAbsolute(path) ? path : join(directory, path))

// Plugins learn from this variable which version of the protocol to speak, and that nobody is there to be asked.
const completeExec = (exec: Record<string, unknown>, directory: string): Record<string, unknown> => {
  const { command, apiVersion } = exec
  const info = { kind: 'ExecCredential', apiVersion, spec: { interactive: false } }
  const env = Array.isArray(exec.env) ? exec.env : []
  return {
    ...exec,
    // A command with a slash is relative to the kubeconfig, one without is looked for in PATH.
    ...(typeof command === 'string' && command.includes('/') ? { command: absolute(directory, command) } : {}),
    env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
  }
}

const choose = (config: KubeConfig, context: string | undefined, files: readonly string[]): KubeConfig => {
  const where = files.join(', ')
  const name = context ?? config.currentContext
  if (!name) throw invalid(`${where}: has no current-context; choose one with --context`)
  const chosen = config.contexts.find(other => other.name === name)
  if (chosen === undefined) {
    const names = config.contexts.map(other => other.name).join(', ')
    throw invalid(`${where}: has no context ${name}; expected one of ${names === '' ? '(none)' : names}`)
  }
  if (!config.clusters.some(other => other.name === chosen.cluster)) {
    throw invalid(`${where}: context ${name} names the cluster ${chosen.cluster}, which is not there`)
  }
  if (chosen.user && !config.users.some(other => other.name === chosen.user)) {
    throw invalid(`${where}: context ${name} names the user ${chosen.user}, which is not there`)
  }
  config.setCurrentContext(name)
  return chosen.user ? config : withoutUser(config, name, chosen.cluster)
}

// client-node applies not even the CA when a context has no user, so it gets one without credentials.
const withoutUser = (config: KubeConfig, name: string, cluster: string): KubeConfig => {
  const nobody = { name: 'anonymous' }
  config.users = [...config.users.filter(user => user.name !== nobody.name), nobody]
  config.contexts = [{ name, cluster, user: nobody.name }]
  return config
}
