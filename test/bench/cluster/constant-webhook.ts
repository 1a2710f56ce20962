// What a webhook costs that looks at nothing but the uid, which every answer must repeat: node:https with the TLS settings and
// keep-alive of ours. Run as: node constant-webhook.ts CERT KEY PORT.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'

const [certificate = '', key = '', port = ''] = process.argv.slice(2)
const UID = '"uid":"'

const server = createServer(
  { cert: readFileSync(certificate), key: readFileSync(key), minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'] },
  (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      const start = body.indexOf(UID) + UID.length
      const uid = body.toString('latin1', start, start + 36)
      const answer = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${uid}","allowed":true}}`
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
      response.end(answer)
    })
  },
)
server.keepAliveTimeout = 120_000
server.listen(Number(port), '127.0.0.1')
