import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** An image as the test kubelet starts it: a root file system in a folder, and the configuration that an image carries. */
export interface Image {
  root: string
  /** Absolute inside the root; no shell is involved. */
  entrypoint: readonly string[]
  cmd?: readonly string[]
  user: number
  group: number
  env?: Record<string, string>
}

/** Which image a name means; the test kubelet pulls nothing. */
export type Images = ReadonlyMap<string, Image>

/** Puts a program with the shared libraries it needs, and other files, into a root folder; `files` maps targets to sources. */
export function assembleRoot(
  root: string,
  program: { source: string; target: string },
  files: Record<string, string>,
): void {
  place(realpathSync(program.source), join(root, program.target))
  for (const library of sharedLibraries(program.source)) place(realpathSync(library), join(root, library))
  for (const [target, source] of Object.entries(files)) {
    mkdirSync(dirname(join(root, target)), { recursive: true })
    cpSync(source, join(root, target), { recursive: true, dereference: true })
  }
  mkdirSync(join(root, 'tmp'), { recursive: true })
  chmodSync(join(root, 'tmp'), 0o1777)
}

/** Follows symbolic links of a path as a process inside the root does, so that no link leads out of it; the path need not exist. */
export function resolveInRoot(root: string, path: string): string {
  let done = '/'
  const todo = path.split('/').filter(Boolean)
  for (let links = 0; todo.length > 0; ) {
    const next = resolve(done, todo.shift() as string)
    const isLink = lstatSync(join(root, next), { throwIfNoEntry: false })?.isSymbolicLink() ?? false
    if (!isLink) {
      done = next
      continue
    }
    if (++links > 40) throw new Error(`too many symbolic links: ${path} in ${root}`)
    const target = readlinkSync(join(root, next))
    todo.unshift(...target.split('/').filter(Boolean))
    if (target.startsWith('/')) done = '/'
  }
  return done
}

/** A hard link where the file system allows one: the program is 120 MB. */
function place(source: string, target: string): void {
  if (existsSync(target)) return
  mkdirSync(dirname(target), { recursive: true })
  try {
    linkSync(source, target)
  } catch {
    copyFileSync(source, target)
  }
}

function sharedLibraries(program: string): string[] {
  const ldd = spawnSync('ldd', [program], { encoding: 'utf8' })
  return [...ldd.stdout.matchAll(/(?:=>\s+)?(\/\S+) \(0x/g)].map(match => match[1] as string)
}
