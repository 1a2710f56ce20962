// The ceiling that our server is measured against: node:https reading the whole body and answering a constant, with the
// same TLS settings and keep-alive. Run as: node reference-server.ts CERT KEY. It prints its port.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

const [certificate = '', key = ''] = process.argv.slice(2)
const answer = Buffer.from(
  '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"8fd2dc16-bc8d-4eca-b6d4-09892abcf669","allowed":true}}',
)
const headers = { 'content-type': 'application/json', 'content-length': String(answer.length) }

const server = createServer(
  { cert: readFileSync(certificate), key: readFileSync(key), minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'] },
  (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.writeHead(200, headers)
      response.end(answer)
    })
  },
)
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
