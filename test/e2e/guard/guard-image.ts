import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { assembleRoot, type Images } from '../kubelet/image.ts'

/** The image that the manifests name. */
export const GUARD_IMAGE = 'ghcr.io/soci-guard/soci-guard:0.1.0'

/** The bundle that is under test; `npm run test:e2e` builds it. */
export const BUNDLE = join(import.meta.dirname, '../../../dist/soci-guard.js')

/** The image of the manifests, laid out as the Dockerfile does, below a folder. */
export function guardImages(folder: string): Images {
  if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is missing: run \`npm run build\` first`)
  const root = join(folder, 'image')
  assembleRoot(root, { source: process.execPath, target: '/usr/bin/node' }, { '/app/soci-guard.js': BUNDLE })
  return new Map([
    [GUARD_IMAGE, { root, entrypoint: ['/usr/bin/node', '/app/soci-guard.js'], user: 65532, group: 65532 }],
  ])
}
