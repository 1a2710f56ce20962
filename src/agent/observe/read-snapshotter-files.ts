// How SOCI gets registry credentials, as far as its own files tell (docs/registry-authentication.md of soci-snapshotter).

import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entriesOf, fieldOf, textOf } from '../../report/facts/raw-fields.ts'
import { readTomlFile } from './read-toml-file.ts'

// SOCI's own default, and Bottlerocket's. Without a file SOCI's defaults hold: a Docker configuration and nothing else.
const CONFIG_PATHS = ['/etc/soci-snapshotter-grpc/config.toml', '/etc/soci-snapshotter/config.toml']
const DOCKER_CONFIG_PATH = '/root/.docker/config.json'

/** What SOCI's files say of credentials, without any. */
export interface SnapshotterFiles {
  readonly config: unknown
  /** True when SOCI would find credentials, or a helper that has some, in a Docker configuration. */
  readonly dockerConfig: boolean
  /** False when a file is there and could not be read, so that something may be set up that was not seen. */
  readonly complete: boolean
}

/** Reads the files of SOCI under the root of a node's file system. */
export const readSnapshotterFiles = async (root: string): Promise<SnapshotterFiles> => {
  const paths = CONFIG_PATHS.map(path => join(root, path))
  const docker = join(root, DOCKER_CONFIG_PATH)
  const files = await Promise.all(paths.map(readTomlFile))
  const table = files.find(file => file !== null)?.table
  const dockerConfig = await readDockerConfig(docker)
  const unread = [...paths.filter((_, at) => files[at] === null), ...(dockerConfig === null ? [docker] : [])]
  return {
    config: Object.fromEntries(['cri_keychain', 'kubeconfig_keychain'].map(name => [name, keychain(table, name)])),
    dockerConfig: dockerConfig ?? false,
    complete: !(await Promise.all(unread.map(isThere))).includes(true),
  }
}

const keychain = (table: unknown, name: string): unknown => ({
  enable_keychain: fieldOf(fieldOf(table, name), 'enable_keychain') === true,
})

const readDockerConfig = async (path: string): Promise<boolean | null> => {
  try {
    const config: unknown = JSON.parse(await readFile(path, 'utf8'))
    const named = [...entriesOf(config, 'auths'), ...entriesOf(config, 'credHelpers')].length > 0
    return named || textOf(config, 'credsStore') !== ''
  } catch {
    return null
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  )
