import { stringify } from 'smol-toml'
import type { Release } from '../releases/release.ts'

/** How one node's SOCI snapshotter works: lazily is its default; the newest can also pull layers in parallel. */
export interface SociConfiguration {
  mode?: 'lazy' | 'parallel'
  /** Of SOCI's own parallel mode, not containerd's setting of that name. */
  discardUnpackedLayers?: boolean
  /** Reads the credentials that kubelet sends through SOCI's own socket. */
  criKeychain?: boolean
}

/** The text of the snapshotter's configuration file beside the given containerd; empty when all is as it comes. */
export function sociConfiguration(
  { sociIndex }: Release,
  containerdAddress: string,
  { mode = 'lazy', discardUnpackedLayers = false, criKeychain = false }: SociConfiguration,
): string {
  if (mode === 'parallel' && sociIndex === 'v1') throw new Error('this SOCI snapshotter knows no parallel pull')
  const parallel = { enable: true, discard_unpacked_layers: discardUnpackedLayers }
  return stringify({
    ...(sociIndex === 'v2' ? { content_store: { type: 'containerd', containerd_address: containerdAddress } } : {}),
    ...(mode === 'parallel' ? { pull_modes: { parallel_pull_unpack: parallel } } : {}),
    ...(criKeychain ? { cri_keychain: { enable_keychain: true, image_service_path: containerdAddress } } : {}),
  })
}
