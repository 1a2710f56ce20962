import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** One file of a volume: its bytes, mode and owner. */
export interface VolumeFile {
  content: Buffer
  mode: number
  uid: number
  gid: number
}

/**
 * Makes a folder hold exactly these files, all changed at once: `name` → `..data/name`, and `..data` is swapped by one rename
 * (Kubernetes' pkg/volume/util/atomic_writer.go). Readers that watch see what they see in a pod.
 */
export function writeAtomicFolder(folder: string, files: ReadonlyMap<string, VolumeFile>): void {
  mkdirSync(folder, { recursive: true })
  const data = join(folder, '..data')
  const old = existsSync(data) ? readlinkSync(data) : undefined
  const fresh = mkdtempSync(join(folder, `..${new Date().toISOString().replace(/[^\d]/g, '_')}.`))
  chmodSync(fresh, 0o755)
  for (const [path, file] of files) writeOne(join(fresh, path), file)
  symlinkSync(fresh.slice(folder.length + 1), join(folder, '..data_tmp'))
  renameSync(join(folder, '..data_tmp'), data)
  linkNames(folder, new Set([...files.keys()].map(path => path.split('/')[0] as string)))
  if (old !== undefined) rmSync(join(folder, old), { recursive: true, force: true })
}

function writeOne(path: string, { content, mode, uid, gid }: VolumeFile): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  chmodSync(path, mode)
  chownSync(path, uid, gid)
}

function linkNames(folder: string, names: ReadonlySet<string>): void {
  const present = new Set(readdirSync(folder).filter(name => !name.startsWith('..')))
  for (const name of names) if (!present.has(name)) symlinkSync(`..data/${name}`, join(folder, name))
  for (const name of present) if (!names.has(name)) rmSync(join(folder, name))
}
