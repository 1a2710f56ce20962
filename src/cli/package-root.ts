import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of this package's package.json, whether this file runs as source or as part of the bundle. */
export const packageRoot = (): string => {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}
