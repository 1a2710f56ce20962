import { readFileSync } from 'node:fs'

/** What a process has used: CPU time since its start, memory now and at its peak. */
export interface ProcessUsage {
  cpuMs: number
  rssBytes: number
  peakRssBytes: number
}

/** The kernel's clock ticks a second (USER_HZ), 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

/** Reads a process's usage from /proc; throws when it is gone. CPU time comes in steps of 10 ms. */
export function processUsage(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The command's name may hold spaces and parentheses: fields are counted after its last one. utime and stime are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1_024
  return { cpuMs: (ticks * 1_000) / TICKS_PER_SECOND, rssBytes: bytes('VmRSS'), peakRssBytes: bytes('VmHWM') }
}
