import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianMirror } from './releases/debian-mirror.ts'

/** A package of a Debian suite, and how its version must begin for the tests to know it. */
export interface DebianPackage {
  suite: string
  name: string
  version: string
}

/** Where unpacked packages are kept, and who is told before a download. */
export interface DebianOptions {
  cacheFolder: string
  onDownload?: (suite: string) => void
}

/** The folder that a package is, or will be, unpacked into: its `usr/bin` and so on are below. */
export function packageFolder(cacheFolder: string, { suite, name, version }: DebianPackage): string {
  return join(cacheFolder, 'debian', `${suite}-${name}-${version}`)
}

/** Downloads and unpacks packages that the cache lacks, without installing anything; one private apt root per suite. */
export function fetchDebianPackages(
  packages: readonly DebianPackage[],
  { cacheFolder, onDownload }: DebianOptions,
): void {
  const missing = packages.filter(wanted => !existsSync(packageFolder(cacheFolder, wanted)))
  for (const suite of new Set(missing.map(wanted => wanted.suite))) {
    onDownload?.(suite)
    mkdirSync(join(cacheFolder, 'debian'), { recursive: true })
    const folder = mkdtempSync(join(cacheFolder, 'debian', `unfinished-${suite}-`))
    try {
      const apt = updatedApt(suite, folder)
      for (const wanted of missing) if (wanted.suite === suite) fetchPackage(apt, folder, cacheFolder, wanted)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

type Apt = (...args: string[]) => string

/** The machine's own apt settings (a proxy, the archive's keys) hold; its sources, lists and package states do not. */
function updatedApt(suite: string, folder: string): Apt {
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'sources.list'), `deb ${debianMirror()} ${suite} main\n`)
  writeFileSync(join(folder, 'status'), '')
  const settings = {
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '-',
    'Dir::State': folder,
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': process.getuid?.() === 0 ? 'root' : '',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  const apt: Apt = (...args) => execFileSync('apt-get', [...options, ...args], { cwd: folder, encoding: 'utf8' })
  apt('--quiet', 'update')
  return apt
}

function fetchPackage(apt: Apt, folder: string, cacheFolder: string, wanted: DebianPackage): void {
  apt('--quiet', 'download', wanted.name)
  const file = readdirSync(folder).find(name => name.startsWith(`${wanted.name}_`) && name.endsWith('.deb'))
  if (!file) throw new Error(`apt-get download of ${wanted.name} from ${wanted.suite} left no package`)
  const version = execFileSync('dpkg-deb', ['--field', file, 'Version'], { cwd: folder, encoding: 'utf8' }).trim()
  if (!version.startsWith(wanted.version))
    throw new Error(
      `${wanted.suite} has ${wanted.name} ${version} by now; the tests know ${wanted.version}: name the new one in releases/release.ts`,
    )
  const unpacked = join(folder, wanted.name)
  execFileSync('dpkg-deb', ['--extract', file, unpacked], { cwd: folder })
  renameSync(unpacked, packageFolder(cacheFolder, wanted))
}
