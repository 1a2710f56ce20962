import { stat } from 'node:fs/promises'
import { asUnreadable, manifestPaths } from './manifest-files.ts'

/** A text that differs when the file, or any manifest file of the folder, was written to, replaced, added or removed. */
export const fileSignature = async (path: string): Promise<string> => {
  const paths = await manifestPaths(path)
  const parts = await Promise.all(
    paths.map(async file => {
      try {
        const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
        return `${file} ${ino} ${size} ${mtimeNs} ${ctimeNs}`
      } catch (error) {
        throw asUnreadable(file, error)
      }
    }),
  )
  return parts.join('\n')
}
