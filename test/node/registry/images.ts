import { randomBytes } from 'node:crypto'
import { type OciImage, ociImage } from './oci-image.ts'
import { waitingProgram } from './waiting-program.ts'

/** The images that a cluster's nodes get: the sandbox's, an application's with a SOCI index, an add-on's without. */
export interface Images {
  'pause:3.10': OciImage
  'tiny:1': OciImage
  'addon:1': OciImage
}

/** Builds the images; each has its own layers, so that none is present because another is. */
export function buildImages(): Images {
  const program = waitingProgram()
  const image = (path: string, ...more: Uint8Array[]) => {
    const executable = { path, mode: 0o755, bytes: program }
    const rest = more.map((bytes, index) => [{ path: `data-${index}`, mode: 0o644, bytes }])
    return ociImage([[executable], ...rest], [`/${path}`])
  }
  return {
    'pause:3.10': image('pause'),
    'tiny:1': image('tiny', randomBytes(200_000)),
    'addon:1': image('addon', randomBytes(1_000)),
  }
}
