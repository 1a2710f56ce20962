// The root file system of the image: node, the shared libraries it is linked with, the bundle, and nothing that could start
// anything else. The Dockerfile takes it as its last layer, and the tests start it without a container builder.
import { execFileSync } from 'node:child_process'
import { chmod, copyFile, cp, mkdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Where the image's user is, as manifests/base/50-deployment.yaml says too. */
export const IMAGE_USER = { uid: 65532, gid: 65532 } as const

/** How the image starts; its arguments are those of soci-guard. */
export const IMAGE_ENTRY_POINT = ['/usr/bin/node', '/app/soci-guard.js'] as const

/** What an image is made of. */
export interface ImageParts {
  /** The folder to make; it must not be there yet. */
  readonly root: string
  /** The folder that `npm run build` wrote. */
  readonly bundle: string
  /** This package's own folder. */
  readonly package: string
  /** The node binary, linked with libraries of this machine. */
  readonly node: string
}

const TEXT_FILES = {
  '/etc/passwd': `root:x:0:0:root:/:/nonexistent\nnonroot:x:${IMAGE_USER.uid}:${IMAGE_USER.gid}:nonroot:/:/nonexistent\n`,
  '/etc/group': `root:x:0:\nnonroot:x:${IMAGE_USER.gid}:\n`,
  // Without it the C library asks DNS before /etc/hosts.
  '/etc/nsswitch.conf': 'hosts: files dns\n',
}

// Mount points: a runtime cannot make them in a root that is read-only.
const FOLDERS = ['/proc', '/sys', '/dev', '/etc/soci-guard/config', '/etc/soci-guard/certs']

/** Assembles the root and gives the paths of all shared libraries in it; everything is world-readable and owned by the caller. */
export const assembleImageRoot = async (parts: ImageParts): Promise<string[]> => {
  const { root } = parts
  await mkdir(dirname(root), { recursive: true })
  await mkdir(root, { mode: 0o755 })
  const libraries = sharedLibraries(parts.node)
  await place(root, '/usr/bin/node', parts.node, 0o755)
  for (const library of libraries) await place(root, library, library, 0o755)
  for (const folder of FOLDERS) await mkdir(join(root, folder), { recursive: true })
  for (const [path, text] of Object.entries(TEXT_FILES)) await writeFile(join(root, path), text, { mode: 0o644 })
  await cp(parts.bundle, join(root, 'app'), { recursive: true })
  await writeFile(join(root, 'app/package.json'), await runtimeManifest(parts.package), { mode: 0o644 })
  await placeLicenses(parts, libraries)
  return libraries
}

const place = async (root: string, target: string, source: string, mode: number): Promise<void> => {
  const path = join(root, target)
  await mkdir(dirname(path), { recursive: true })
  await copyFile(await realpath(source), path)
  await chmod(path, mode)
}

// The loader itself stands in the list by its path, without an arrow; linux-vdso has no file.
const sharedLibraries = (program: string): string[] => {
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' })
  const missing = /^\s*(\S+) => not found$/m.exec(listed)
  if (missing !== null) throw new Error(`${program} needs ${missing[1]}, which is not on this machine`)
  return [...listed.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].map(([, path]) => path as string)
}

// Node reads the module format from it, and the program its own folder.
const runtimeManifest = async (folder: string): Promise<string> => {
  const { name, version, license, type } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return `${JSON.stringify({ name, version, license, type }, null, 2)}\n`
}

const placeLicenses = async (parts: ImageParts, libraries: readonly string[]): Promise<void> => {
  const folder = join(parts.root, 'licenses')
  await mkdir(folder)
  await copyFile(join(parts.package, 'LICENSE'), join(folder, 'soci-guard'))
  // The npm package of node has no licence in it; the official archive does, and so does the image that is made from it.
  for (const archive of [join(dirname(await realpath(parts.node)), '..'), '/usr/local']) {
    await copyIfThere(join(archive, 'LICENSE'), join(folder, 'node'))
  }
  for (const name of new Set(libraries.flatMap(debianPackage))) {
    await copyIfThere(`/usr/share/doc/${name}/copyright`, join(folder, name))
  }
}

// On a merged /usr the package database may know a library by either of its two paths.
const debianPackage = (library: string): string[] => {
  const patterns = [library, `*/${basename(library)}`]
  for (const pattern of patterns) {
    try {
      const found = execFileSync('dpkg-query', ['--search', pattern], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return [found.split(':')[0] ?? '']
    } catch {
      // Not a file of a package, or not a Debian: the licence is then that machine's to show.
    }
  }
  return []
}

const copyIfThere = async (source: string, target: string): Promise<void> => {
  try {
    await copyFile(source, target)
    await chmod(target, 0o644)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
