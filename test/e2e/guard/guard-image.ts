import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { assembleImageRoot, IMAGE_ENTRY_POINT, IMAGE_USER } from '../../../scripts/image-root.ts'
import type { Images } from '../kubelet/image.ts'

/** The image that the manifests name. */
export const GUARD_IMAGE = 'ghcr.io/soci-guard/soci-guard:0.1.0'

const PACKAGE = resolve(import.meta.dirname, '../../..')

/** The program under test; `npm run test:e2e` builds it. */
export const BUNDLE = join(PACKAGE, 'dist/soci-guard.js')

/** The image of the manifests below a folder, with the root file system that the Dockerfile ships. */
export async function guardImages(folder: string): Promise<Images> {
  if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is missing: run \`npm run build\` first`)
  const root = join(folder, 'image')
  rmSync(root, { recursive: true, force: true })
  await assembleImageRoot({ root, bundle: join(PACKAGE, 'dist'), package: PACKAGE, node: process.execPath })
  const image = { root, entrypoint: IMAGE_ENTRY_POINT, user: IMAGE_USER.uid, group: IMAGE_USER.gid }
  return new Map([[GUARD_IMAGE, image]])
}
