import { join } from 'node:path'
import { newestFolder } from '../build-newest.ts'
import { type DebianPackage, packageFolder } from '../debian-packages.ts'

/** One containerd with the SOCI snapshotter and runc that run beside it. */
export interface Release {
  readonly name: string
  /** Folders with containerd, its shim, ctr, soci, soci-snapshotter-grpc and runc, as PATH wants them. */
  readonly path: string
  /** 1: CRI's tables are `io.containerd.grpc.v1.cri`; 2: they are `io.containerd.cri.v1.images` and `.runtime`. */
  readonly generation: 1 | 2
  /** The SOCI index that its snapshotter reads unless told otherwise: found by referrers, or part of the image. */
  readonly sociIndex: 'v1' | 'v2'
}

const RUNC: DebianPackage = { suite: 'bookworm', name: 'runc', version: '1.1.5' }
const SOCI: DebianPackage = { suite: 'trixie', name: 'soci-snapshotter', version: '0.4.1' }
const CONTAINERD: readonly DebianPackage[] = [
  { suite: 'bookworm', name: 'containerd', version: '1.6.20' },
  { suite: 'trixie', name: 'containerd', version: '1.7.24' },
  { suite: 'sid', name: 'containerd', version: '2.1.9' },
]
const NEWEST = '2.4.2'

/** The packages of all releases; runc of the newer suites needs a newer C library than bookworm has, so one serves all. */
export const DEBIAN_PACKAGES: readonly DebianPackage[] = [RUNC, SOCI, ...CONTAINERD]

/** The names of the releases, oldest first. */
export const RELEASE_NAMES: readonly string[] = [...CONTAINERD.map(({ version }) => version), NEWEST]

/** A release by its name; its programs are in the cache once `run.ts` has put them there. */
export function release(name: string, cacheFolder = nodeTestsCache()): Release {
  const runc = join(packageFolder(cacheFolder, RUNC), 'usr/bin')
  const generation = name.startsWith('1.') ? 1 : 2
  if (name === NEWEST) return { name, generation, sociIndex: 'v2', path: [newestFolder(cacheFolder), runc].join(':') }
  const containerd = CONTAINERD.find(({ version }) => version === name)
  if (!containerd) throw new Error(`no release ${name}; there are ${RELEASE_NAMES.join(', ')}`)
  const programs = [containerd, SOCI].map(wanted => join(packageFolder(cacheFolder, wanted), 'usr/bin'))
  return { name, generation, sociIndex: 'v1', path: [...programs, runc].join(':') }
}

/** The folder that keeps everything downloaded or built for the node tests. */
export function nodeTestsCache(): string {
  return process.env.SOCI_GUARD_NODE_TESTS_CACHE ?? join(import.meta.dirname, '../../../.cache/node-tests')
}
