import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import { GuardError } from '../errors.ts'
import { isSystemError } from '../system-error.ts'

/** A file's path, as it is to be named in messages, and its text. */
export interface ManifestFile {
  readonly path: string
  readonly text: string
}

const MANIFEST_NAME = /\.(?:ya?ml|json)$/

/** The same error in our words when it is one of a system call on the path. */
export const asUnreadable = (path: string, error: unknown): unknown =>
  isSystemError(error)
    ? new GuardError('SOCI_GUARD_FILE_UNREADABLE', `cannot read ${path}: ${getSystemErrorMessage(error.errno)}`, {
        cause: error,
      })
    : error

/** The file itself, or the *.yaml, *.yml and *.json files of the folder by name; a GuardError names what cannot be read. */
export const manifestPaths = async (path: string): Promise<string[]> => {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = (await readdir(path)).filter(name => MANIFEST_NAME.test(name) && !name.startsWith('.'))
    if (names.length > 0) return names.sort().map(name => join(path, name))
  } catch (error) {
    throw asUnreadable(path, error)
  }
  throw new GuardError('SOCI_GUARD_FILE_UNREADABLE', `${path} holds no *.yaml, *.yml or *.json file`)
}

/** The texts of the file, or of the manifest files of the folder, in the order of their names. */
export const readManifestFiles = async (path: string): Promise<ManifestFile[]> => {
  const files: ManifestFile[] = []
  for (const file of await manifestPaths(path)) {
    try {
      files.push({ path: file, text: await readFile(file, 'utf8') })
    } catch (error) {
      throw asUnreadable(file, error)
    }
  }
  return files
}
