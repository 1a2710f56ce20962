import { readdir } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import type { ContainerdFile } from '../../report/facts/containerd-files.ts'
import { fieldOf } from '../../report/facts/raw-fields.ts'
import { pickContainerdConfig } from './pick-containerd-config.ts'
import { readTomlFile } from './read-toml-file.ts'

// Where containerd's file is when its process does not tell: its own default, then those of k3s and RKE2.
const USUAL_PATHS = [
  '/etc/containerd/config.toml',
  '/var/lib/rancher/k3s/agent/etc/containerd/config.toml',
  '/var/lib/rancher/rke2/agent/etc/containerd/config.toml',
]

const MAX_FILES = 64

/** containerd's configuration file and what it imports, in their order; none when it cannot be read or is not TOML. */
export const readContainerdFiles = async (
  root: string,
  processArguments: readonly string[],
): Promise<readonly ContainerdFile[]> => {
  const asked = configArgument(processArguments)
  for (const path of asked === undefined ? USUAL_PATHS : [asked]) {
    const files = await readWithImports(root, path)
    if (files.length > 0) return files
  }
  return []
}

const configArgument = (processArguments: readonly string[]): string | undefined => {
  for (const [at, argument] of processArguments.entries()) {
    if (/^--?c(onfig)?$/.test(argument)) return processArguments[at + 1]
    const value = /^--?c(?:onfig)?=(.+)$/.exec(argument)?.[1]
    if (value !== undefined) return value
  }
  return undefined
}

const readWithImports = async (root: string, main: string): Promise<ContainerdFile[]> => {
  const files: ContainerdFile[] = []
  const waiting = [main]
  const seen = new Set<string>()
  for (let path = waiting.shift(); path !== undefined && files.length < MAX_FILES; path = waiting.shift()) {
    if (seen.has(path)) continue
    seen.add(path)
    const file = await readTomlFile(join(root, path))
    if (file === null) continue
    files.push({ path, modifiedAtMs: file.modifiedAtMs, config: pickContainerdConfig(file.table) })
    const imports = fieldOf(file.table, 'imports')
    for (const pattern of Array.isArray(imports) ? imports : [])
      if (typeof pattern === 'string') waiting.push(...(await expand(root, dirname(path), pattern)))
  }
  return files
}

// As containerd does it: relative to the importing file, and a pattern in the last part stands for the files that match, by name.
const expand = async (root: string, folder: string, pattern: string): Promise<string[]> => {
  const path = isAbsolute(pattern) ? pattern : join(folder, pattern)
  const name = basename(path)
  if (!/[*?[]/.test(name)) return [path]
  const matches = patternOf(name)
  const names = await readdir(join(root, dirname(path))).catch(() => [])
  return names
    .filter(found => matches.test(found))
    .sort()
    .map(found => join(dirname(path), found))
}

const patternOf = (glob: string): RegExp => {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
  try {
    return new RegExp(`^${source}$`)
  } catch {
    return /^$/
  }
}
