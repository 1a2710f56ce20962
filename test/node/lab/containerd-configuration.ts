import { join } from 'node:path'
import { stringify, type TomlTable } from 'smol-toml'
import type { Release } from '../releases/release.ts'
import { REGISTRY_HOST } from './registry-host.ts'

/** The sandbox image of every node whose configuration names one. */
export const SANDBOX_IMAGE = `${REGISTRY_HOST}/pause:3.10`

/** How one node's containerd is set up; what is not given is as on a sound SOCI node. */
export interface ContainerdConfiguration {
  /** `soci` unless told otherwise. */
  defaultSnapshotter?: string
  /** Whether SOCI is known to containerd at all. */
  registerSoci?: boolean
  /** As Amazon's machine images for EKS have it. */
  discardUnpackedLayers?: boolean
  disableSnapshotAnnotations?: boolean
  /** Snapshotters of runtime handlers beside runc, by the handler's name. */
  runtimeHandlers?: Readonly<Record<string, string>>
  /** A way of writing the tables that does not do on this release what its author meant; the rest above is ignored then. */
  form?: ConfigurationForm
}

/** The ways in which people write the same two settings, by the letters of the table of their effects. */
export type ConfigurationForm = keyof typeof FORMS

const GRPC_CRI = 'io.containerd.grpc.v1.cri'
const CRI_IMAGES = 'io.containerd.cri.v1.images'
const CRI_RUNTIME = 'io.containerd.cri.v1.runtime'
const RUNC = 'io.containerd.runc.v2'

const WANTED = { snapshotter: 'soci', disable_snapshot_annotations: false }
const RUNTIMES = { runc: { runtime_type: RUNC } }
const UNPACK = { unpack_config: [{ platform: 'linux', snapshotter: 'soci' }] }

const CONTRADICTING = {
  [GRPC_CRI]: { containerd: { snapshotter: 'overlayfs', runtimes: RUNTIMES } },
  [CRI_IMAGES]: WANTED,
}

/** Each is exactly what documents show, with nothing beside it: whether there is a `runtimes` table is part of the effect. */
const FORMS = {
  'A: no version, grpc.v1.cri': { plugins: { [GRPC_CRI]: { containerd: WANTED } } },
  'B: version 2, grpc.v1.cri': { version: 2, plugins: { [GRPC_CRI]: { containerd: WANTED } } },
  'C: version 3, grpc.v1.cri': { version: 3, plugins: { [GRPC_CRI]: { containerd: WANTED } } },
  'D: version 2, cri.v1.images': { version: 2, plugins: { [CRI_IMAGES]: WANTED } },
  'E: version 3, cri.v1.images': { version: 3, plugins: { [CRI_IMAGES]: WANTED } },
  'F: version 2, grpc.v1.cri with runtimes': {
    version: 2,
    plugins: { [GRPC_CRI]: { containerd: { ...WANTED, runtimes: RUNTIMES } } },
  },
  'version 4, grpc.v1.cri': { version: 4, plugins: { [GRPC_CRI]: { containerd: WANTED } } },
  'version 4, cri.v1.images': { version: 4, plugins: { [CRI_IMAGES]: WANTED } },
  'version 5, cri.v1.images': { version: 5, plugins: { [CRI_IMAGES]: WANTED } },
  'version 2, cri.v1.images beside grpc.v1.cri with overlayfs': { version: 2, plugins: CONTRADICTING },
  'version 3, cri.v1.images beside grpc.v1.cri with overlayfs': { version: 3, plugins: CONTRADICTING },
  'version 4, cri.v1.images beside grpc.v1.cri with overlayfs': { version: 4, plugins: CONTRADICTING },
  'L: version 3, cri.v1.images and transfer': {
    version: 3,
    plugins: { [CRI_IMAGES]: { snapshotter: 'soci' }, 'io.containerd.transfer.v1.local': UNPACK },
  },
}

/** The names of the forms. */
export const CONFIGURATION_FORMS = Object.keys(FORMS) as ConfigurationForm[]

/** The text of containerd's configuration file for a node whose SOCI lives in the given folder. */
export function containerdConfiguration(
  release: Release,
  folder: string,
  configuration: ContainerdConfiguration,
): string {
  const { form, registerSoci = true } = configuration
  const tables: TomlTable = form ? { ...FORMS[form] } : soundTables(release, configuration)
  if (registerSoci) tables.proxy_plugins = { soci: proxyPlugin(folder, form) }
  return stringify(tables)
}

function proxyPlugin(folder: string, form: ConfigurationForm | undefined): TomlTable {
  const transfer = form?.startsWith('L') ? { enable_remote_snapshot_annotations: 'true' } : {}
  return {
    type: 'snapshot',
    address: join(folder, 'soci.sock'),
    exports: { root: join(folder, 'soci'), ...transfer },
  }
}

function soundTables({ generation }: Release, configuration: ContainerdConfiguration): TomlTable {
  const snapshots = {
    snapshotter: configuration.defaultSnapshotter ?? 'soci',
    disable_snapshot_annotations: configuration.disableSnapshotAnnotations ?? false,
    discard_unpacked_layers: configuration.discardUnpackedLayers ?? false,
  }
  const handlers = Object.entries(configuration.runtimeHandlers ?? {})
  const runtimes: TomlTable = { ...RUNTIMES }
  for (const [name, snapshotter] of handlers) runtimes[name] = { runtime_type: RUNC, snapshotter }
  // A profile would stay in the machine's kernel; in a container root may not make a process less likely to be killed.
  const runtime = { disable_apparmor: true, restrict_oom_score_adj: true }
  if (generation === 1) {
    const containerd = { ...snapshots, runtimes }
    return { version: 2, plugins: { [GRPC_CRI]: { sandbox_image: SANDBOX_IMAGE, ...runtime, containerd } } }
  }
  const platforms = Object.fromEntries(handlers.map(([name, snapshotter]) => [name, { snapshotter }]))
  return {
    version: 3,
    plugins: {
      [CRI_IMAGES]: { ...snapshots, runtime_platforms: platforms, pinned_images: { sandbox: SANDBOX_IMAGE } },
      [CRI_RUNTIME]: { ...runtime, containerd: { runtimes } },
    },
  }
}
