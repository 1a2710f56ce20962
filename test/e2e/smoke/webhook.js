import { readFileSync } from 'node:fs'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'

const certificates = '/certs'
const policyFile = '/config/denied-node'
const token = readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8')
const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
const log = entry => process.stdout.write(`${JSON.stringify(entry)}\n`)

const options = { cert: readFileSync(`${certificates}/tls.crt`), key: readFileSync(`${certificates}/tls.key`) }
const server = createServer(options, async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const review = JSON.parse(Buffer.concat(chunks).toString())
  const node = review.request.object.target.name
  const allowed = node !== readFileSync(policyFile, 'utf8').trim()
  log({ event: 'review', node, allowed })
  const answer = { uid: review.request.uid, allowed, warnings: [`judged by ${process.env.POD_NAME}`] }
  if (!allowed) answer.status = { code: 403, reason: 'Forbidden', message: `node ${node} is denied` }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ apiVersion: review.apiVersion, kind: review.kind, response: answer }))
})
server.listen(8443)
createPlainServer((_, response) => response.end('ok')).listen(8080)
log({
  event: 'started',
  pid: process.pid,
  uid: process.getuid(),
  ip: process.env.POD_IP,
  args: process.argv.slice(2),
  claims,
})
process.on('SIGTERM', () => {
  log({ event: 'stopping' })
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
