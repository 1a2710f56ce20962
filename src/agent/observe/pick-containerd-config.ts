// containerd's file may hold registry passwords, and an observation may be saved and sent on: only what traps are recognised by is kept.

import { entriesOf, fieldOf } from '../../report/facts/raw-fields.ts'

const OLD_KEYS = ['snapshotter', 'disable_snapshot_annotations', 'discard_unpacked_layers']
const NEW_KEYS = [...OLD_KEYS, 'use_local_image_pull', 'max_concurrent_downloads', 'image_pull_with_sync_fs']
const PROXY_KEYS = ['type', 'address', 'exports']

/** The parts of containerd's configuration that have to do with snapshotters. */
export const pickContainerdConfig = (config: unknown): unknown => {
  const plugins = fieldOf(config, 'plugins')
  const picked = {
    'io.containerd.grpc.v1.cri': pickOldTable(fieldOf(plugins, 'io.containerd.grpc.v1.cri')),
    'io.containerd.cri.v1.images': pickNewTable(fieldOf(plugins, 'io.containerd.cri.v1.images')),
    'io.containerd.transfer.v1.local': pick(fieldOf(plugins, 'io.containerd.transfer.v1.local'), ['unpack_config']),
  }
  return {
    ...pick(config, ['version', 'imports']),
    plugins: Object.fromEntries(Object.entries(picked).filter(([, table]) => table !== undefined)),
    proxy_plugins: Object.fromEntries(
      entriesOf(config, 'proxy_plugins').map(([name, plugin]) => [name, pick(plugin, PROXY_KEYS)]),
    ),
  }
}

const pickOldTable = (table: unknown): unknown => {
  if (table === undefined) return undefined
  const containerd = fieldOf(table, 'containerd')
  if (containerd === undefined) return {}
  const runtimes = entriesOf(containerd, 'runtimes').map(([name, runtime]) => [name, pick(runtime, ['snapshotter'])])
  return {
    containerd: {
      ...pick(containerd, OLD_KEYS),
      ...(fieldOf(containerd, 'runtimes') === undefined ? {} : { runtimes: Object.fromEntries(runtimes) }),
    },
  }
}

const pickNewTable = (table: unknown): unknown => {
  if (table === undefined) return undefined
  const registry = ['mirrors', 'configs', 'auths'].filter(key => fieldOf(fieldOf(table, 'registry'), key) !== undefined)
  return { ...pick(table, NEW_KEYS), registry: Object.fromEntries(registry.map(key => [key, true])) }
}

const pick = (from: unknown, keys: readonly string[]): Record<string, unknown> | undefined =>
  from === undefined
    ? undefined
    : Object.fromEntries(keys.map(key => [key, fieldOf(from, key)] as const).filter(([, value]) => value !== undefined))
