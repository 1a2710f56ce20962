import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Descriptor, digestOf, type OciImage } from './oci-image.ts'

/** Everything a registry holds, in memory. */
export class RegistryContent {
  readonly blobs = new Map<string, Buffer>()
  /** The digests of manifests, by `repository:tag`. */
  readonly tags = new Map<string, string>()
  /** The media types of manifests, by digest. */
  readonly manifestTypes = new Map<string, string>()

  /** Puts an image under `repository:tag`. */
  addImage(name: string, { manifest, blobs }: OciImage): void {
    for (const [digest, bytes] of blobs) this.blobs.set(digest, bytes)
    this.tags.set(name, manifest.digest)
    this.#addManifestTypes(manifest)
  }

  /** Puts a manifest that was pushed, under a tag if it came with one; gives its digest. */
  addManifest(repository: string, reference: string, mediaType: string, bytes: Buffer): string {
    const digest = digestOf(bytes)
    this.blobs.set(digest, bytes)
    this.manifestTypes.set(digest, mediaType)
    if (!reference.startsWith('sha256:')) this.tags.set(`${repository}:${reference}`, digest)
    return digest
  }

  /** The descriptors of the manifests whose subject is the given one, as the referrers API lists them. */
  referrers(subject: string): object[] {
    return [...this.manifestTypes].flatMap(([digest, mediaType]) => {
      const bytes = this.blobs.get(digest) ?? Buffer.from('{}')
      const manifest = JSON.parse(bytes.toString())
      if (manifest.subject?.digest !== subject) return []
      const artifactType = manifest.artifactType ?? manifest.config?.mediaType
      return [{ mediaType, digest, size: bytes.length, artifactType, annotations: manifest.annotations ?? {} }]
    })
  }

  #addManifestTypes({ digest, mediaType }: Descriptor): void {
    this.manifestTypes.set(digest, mediaType)
    const { manifests = [] } = JSON.parse(this.blobs.get(digest)?.toString() ?? '{}')
    for (const child of manifests) this.#addManifestTypes(child)
  }

  /** Writes all of it into a folder, for `readRegistryContent`. */
  write(folder: string): void {
    mkdirSync(join(folder, 'blobs'), { recursive: true })
    for (const [digest, bytes] of this.blobs) writeFileSync(join(folder, 'blobs', digest), bytes)
    const index = { tags: [...this.tags], manifestTypes: [...this.manifestTypes] }
    writeFileSync(join(folder, 'index.json'), JSON.stringify(index))
  }
}

/** Reads what `RegistryContent.write` wrote. */
export function readRegistryContent(folder: string): RegistryContent {
  const content = new RegistryContent()
  const index: Record<'tags' | 'manifestTypes', [string, string][]> = JSON.parse(
    readFileSync(join(folder, 'index.json'), 'utf8'),
  )
  for (const [name, digest] of index.tags) content.tags.set(name, digest)
  for (const [digest, type] of index.manifestTypes) content.manifestTypes.set(digest, type)
  for (const digest of readdirSync(join(folder, 'blobs')))
    content.blobs.set(digest, readFileSync(join(folder, 'blobs', digest)))
  return content
}
