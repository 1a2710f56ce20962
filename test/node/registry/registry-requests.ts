import type { RegistryContent } from './registry-content.ts'

/** What the registry is asked, in the words of the OCI distribution specification. */
export interface RegistryRequest {
  method: string
  url: URL
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** What it answers. */
export interface RegistryAnswer {
  status: number
  headers?: Record<string, string>
  body?: Buffer
}

const NOT_FOUND: RegistryAnswer = { status: 404, body: Buffer.from('{"errors":[{"code":"NOT_FOUND"}]}') }
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json'

/** Answers pulls, range reads, pushes in one piece or in parts, and the referrers API. */
export class RegistryRequests {
  readonly #content: RegistryContent
  readonly #uploads = new Map<string, Buffer>()

  constructor(content: RegistryContent) {
    this.#content = content
  }

  /** The answer to one request; nothing waits. */
  answer(request: RegistryRequest): RegistryAnswer {
    const [, repository = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|referrers)\/(.*)$/.exec(request.url.pathname) ?? []
    switch (kind) {
      case 'manifests':
        return this.#manifest(request, repository, reference)
      case 'blobs':
        return this.#blob(request, reference)
      case 'blobs/uploads':
        return this.#upload(request, repository, reference)
      case 'referrers':
        return this.#referrers(reference)
      default:
        return request.url.pathname === '/v2/' ? { status: 200 } : NOT_FOUND
    }
  }

  #manifest({ method, headers, body }: RegistryRequest, repository: string, reference: string): RegistryAnswer {
    if (method === 'PUT') {
      const digest = this.#content.addManifest(repository, reference, String(headers['content-type']), body)
      return { status: 201, headers: { location: `/v2/${repository}/manifests/${digest}`, ...digestHeader(digest) } }
    }
    const digest = reference.startsWith('sha256:') ? reference : this.#content.tags.get(`${repository}:${reference}`)
    const bytes = this.#content.blobs.get(digest ?? '')
    const mediaType = this.#content.manifestTypes.get(digest ?? '')
    if (!(digest && bytes && mediaType)) return NOT_FOUND
    return { status: 200, headers: { 'content-type': mediaType, ...digestHeader(digest) }, body: bytes }
  }

  #blob({ headers }: RegistryRequest, digest: string): RegistryAnswer {
    const bytes = this.#content.blobs.get(digest)
    if (!bytes) return NOT_FOUND
    const common = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', ...digestHeader(digest) }
    const range = /^bytes=(\d+)-(\d*)$/.exec(String(headers.range ?? ''))
    if (!range) return { status: 200, headers: common, body: bytes }
    const first = Number(range[1])
    const last = Math.min(range[2] ? Number(range[2]) : bytes.length - 1, bytes.length - 1)
    return {
      status: 206,
      headers: { ...common, 'content-range': `bytes ${first}-${last}/${bytes.length}` },
      body: bytes.subarray(first, last + 1),
    }
  }

  #upload({ method, url, body }: RegistryRequest, repository: string, id: string): RegistryAnswer {
    const upload = id || String(this.#uploads.size + 1)
    const bytes = Buffer.concat([this.#uploads.get(upload) ?? Buffer.alloc(0), body])
    this.#uploads.set(upload, bytes)
    const digest = url.searchParams.get('digest')
    if (method !== 'PUT' || !digest) {
      const location = `/v2/${repository}/blobs/uploads/${upload}`
      return { status: 202, headers: { location, range: `0-${Math.max(bytes.length - 1, 0)}` } }
    }
    this.#content.blobs.set(digest, bytes)
    return { status: 201, headers: { location: `/v2/${repository}/blobs/${digest}`, ...digestHeader(digest) } }
  }

  #referrers(subject: string): RegistryAnswer {
    const index = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: this.#content.referrers(subject) }
    return { status: 200, headers: { 'content-type': INDEX_TYPE }, body: Buffer.from(JSON.stringify(index)) }
  }
}

function digestHeader(digest: string): Record<string, string> {
  return { 'docker-content-digest': digest }
}
