import type { CRIConfig } from './cri-config.ts'
import type { Plugin } from './plugins.ts'

/** Whether containerd throws layers away once they are unpacked: CRI's Status tells up to 1.7, an export of its image plugin from 2.4. */
export const discardUnpackedLayersOf = (
  config: CRIConfig | null,
  plugins: readonly Plugin[] | null,
  byFile: boolean | null,
): boolean | null => {
  if (config !== null && config.discardUnpackedLayers !== null) return config.discardUnpackedLayers
  const images = plugins?.find(({ type, id }) => type === 'io.containerd.cri.v1' && id === 'images')
  const exported = images?.exports.get('DiscardUnpackedLayers')
  return exported === 'true' || exported === 'false' ? exported === 'true' : byFile
}
