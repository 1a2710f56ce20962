import { readFile, stat } from 'node:fs/promises'
import { parse } from 'smol-toml'

/** A TOML file and when it was last written. */
export interface TomlFile {
  readonly modifiedAtMs: number
  readonly table: Readonly<Record<string, unknown>>
}

const MAX_FILE_BYTES = 1024 * 1024

/** The file; null when it is not there, cannot be read, or is not TOML: it is a hint, and its absence none. */
export const readTomlFile = async (path: string): Promise<TomlFile | null> => {
  try {
    const { size, mtimeMs } = await stat(path)
    if (size > MAX_FILE_BYTES) return null
    return { modifiedAtMs: mtimeMs, table: parse(await readFile(path, 'utf8'), { integersAsBigInt: false }) }
  } catch {
    return null
  }
}
