import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

/** The control group that all pods of the tests are in: the one thing of theirs that no namespace takes away. */
export const CGROUP = '/soci-guard-node-tests'

const MOUNT = '/sys/fs/cgroup'

/** Removes the control groups that nodes left, unless processes are still in them; whether none is left. */
export function clearCgroups(): boolean {
  for (const folder of cgroupFolders()) removeEmptyTree(folder)
  return cgroupFolders().length === 0
}

/** The processes in the control groups of one node's pods, by their id in this namespace. */
export function processesInCgroup(name: string): number[] {
  const found = new Set<number>()
  for (const folder of cgroupFolders()) collectProcesses(join(folder, name), found)
  return [...found]
}

/** Version 2 has one tree, version 1 one below each controller. */
function cgroupFolders(): string[] {
  const roots = ['.', ...readdirSync(MOUNT)]
  return roots.map(root => join(MOUNT, root, CGROUP)).filter(folder => existsSync(folder))
}

function collectProcesses(folder: string, found: Set<number>): void {
  if (!existsSync(folder)) return
  for (const line of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n'))
    if (Number(line) > 0) found.add(Number(line))
  for (const child of childFolders(folder)) collectProcesses(child, found)
}

function removeEmptyTree(folder: string): void {
  for (const child of childFolders(folder)) removeEmptyTree(child)
  try {
    rmdirSync(folder)
  } catch (error) {
    if (!['EBUSY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function childFolders(folder: string): string[] {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  return entries.filter(entry => entry.isDirectory()).map(entry => join(folder, entry.name))
}
