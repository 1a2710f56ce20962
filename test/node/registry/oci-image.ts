import { createHash } from 'node:crypto'
import { arch } from 'node:process'
import { gzipSync } from 'node:zlib'
import { type TarFile, tar } from './tar.ts'

/** A blob's address in manifests. */
export interface Descriptor {
  mediaType: string
  digest: string
  size: number
  annotations?: Record<string, string>
}

/** A manifest with everything that it names, by digest. */
export interface OciImage {
  manifest: Descriptor
  blobs: ReadonlyMap<string, Buffer>
}

/** The media type of an OCI image manifest. */
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'

const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json'
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar+gzip'

/** The `sha256:…` of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** An image for this machine's architecture: one gzipped layer per list of files, and a program to start. */
export function ociImage(layers: readonly (readonly TarFile[])[], entrypoint: readonly string[]): OciImage {
  const blobs = new Map<string, Buffer>()
  const add = (mediaType: string, bytes: Buffer): Descriptor => {
    const digest = digestOf(bytes)
    blobs.set(digest, bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const archives = layers.map(files => tar(files))
  const config = {
    architecture: { x64: 'amd64' }[arch as string] ?? arch,
    os: 'linux',
    config: { Entrypoint: entrypoint },
    rootfs: { type: 'layers', diff_ids: archives.map(digestOf) },
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: add(CONFIG_TYPE, Buffer.from(JSON.stringify(config))),
    layers: archives.map(archive => add(LAYER_TYPE, gzipSync(archive))),
  }
  return { manifest: add(MANIFEST_TYPE, Buffer.from(JSON.stringify(manifest))), blobs }
}
