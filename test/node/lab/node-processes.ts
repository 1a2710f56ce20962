import { readdirSync, readFileSync } from 'node:fs'
import { waitFor } from '../../e2e/cluster/wait-for.ts'
import { processesInCgroup } from './cgroups.ts'

/** Kills the containers of one node and the shims of its containerd, which outlive it; resolves when none is left. */
export async function killPods(node: string, containerdAddress: string): Promise<void> {
  await waitFor(
    `the containers of node ${node} to end`,
    () => {
      const found = [...processesInCgroup(node), ...shims(containerdAddress)]
      for (const pid of found) kill(pid)
      return found.length === 0
    },
    { deadlineMs: 10_000, everyMs: 20 },
  )
}

function shims(containerdAddress: string): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return pids.filter(pid => {
    const args = commandLine(pid)
    return args[args.indexOf('-address') + 1] === containerdAddress && args.includes('-address')
  })
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
