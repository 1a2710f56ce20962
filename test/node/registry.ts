import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createAuthority, issueCertificate } from '../e2e/cluster/pki.ts'
import { NODES_FOLDER, requireLab } from './lab/lab-namespace.ts'
import { REGISTRY_HOST } from './lab/registry-host.ts'
import type { RegistryContent } from './registry/registry-content.ts'
import { RegistryRequests } from './registry/registry-requests.ts'

/** A TLS registry on the loopback of the tests' namespace. */
export interface Registry {
  readonly content: RegistryContent
  /** The file with its authority's certificate, for SSL_CERT_FILE. */
  readonly authorityFile: string
  /** What was asked since the start: `GET /v2/tiny/manifests/1`. */
  readonly requests: string[]
  /** Refuses connections until `open`; open connections are cut. */
  close(): Promise<void>
  open(): Promise<void>
}

/** Starts the registry; only one may run at a time, and it holds port 443. */
export async function startRegistry(content: RegistryContent): Promise<Registry> {
  requireLab()
  const authority = createAuthority('node-tests-ca')
  const { certificatePem, privateKeyPem } = issueCertificate(authority, {
    commonName: REGISTRY_HOST,
    dnsNames: [REGISTRY_HOST],
  })
  const authorityFile = join(NODES_FOLDER, 'registry-ca.crt')
  writeFileSync(authorityFile, authority.certificatePem)
  const requests: string[] = []
  const registryRequests = new RegistryRequests(content)
  const server = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    answer(registryRequests, request, response).catch(error => response.destroy(error))
  })
  const open = async () => {
    server.listen(443, '127.0.0.1')
    await once(server, 'listening')
  }
  await open()
  return {
    content,
    authorityFile,
    requests,
    open,
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(requests: RegistryRequests, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = requests.answer({
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', `https://${REGISTRY_HOST}`),
    headers: request.headers,
    body: await buffer(request),
  })
  response.writeHead(status, { ...headers, 'content-length': body?.length ?? 0 })
  if (request.method === 'HEAD') response.end()
  else response.end(body)
}
