import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GuardError } from '../errors.ts'

/** Which boot of the machine this is. */
export interface BootIdentity {
  /** As the kubelet reports it in the Node's status.nodeInfo.bootID. */
  readonly bootID: string
  /** Milliseconds since 1970, to the second; null where the kernel does not tell. */
  readonly bootTimeMs: number | null
}

/** Reads the boot from a proc file system: sys/kernel/random/boot_id and btime of stat; GuardError SOCI_GUARD_FILE_UNREADABLE. */
export const readBootIdentity = async (proc: string): Promise<BootIdentity> => {
  const path = join(proc, 'sys/kernel/random/boot_id')
  const bootID = (await read(path)).trim()
  if (bootID === '') throw unreadable(path, 'an empty file')
  const btime = /^btime (\d+)$/m.exec(await read(join(proc, 'stat')))?.[1]
  return { bootID, bootTimeMs: btime === undefined ? null : Number(btime) * 1000 }
}

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error))
  }
}

const unreadable = (path: string, found: string): GuardError =>
  new GuardError('SOCI_GUARD_FILE_UNREADABLE', `${path}: expected the identity of this boot, found ${found}`)
