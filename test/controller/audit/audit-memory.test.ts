// 150,000 pods on 15,000 nodes, every one of them violating: what a look keeps must not grow with the number of pods.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { createTestAuthority } from '../../support/test-certificates.ts'

const PODS = 150_000
const NODES = 15_000
const HEAP_MIB = 96

// As long as pods are, with much that nobody reads.
const padding = 'x'.repeat(2000)

const pod = (at: number): string =>
  `{"metadata":{"name":"web-${at}","namespace":"shop-${at % 50}","uid":"uid-${at}","labels":{"app":"web","pod-template-hash":"6f9"},` +
  `"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-${at % 7000}-6f9","uid":"u-${at % 7000}","controller":true}]},` +
  `"spec":{"nodeName":"node-${at % NODES}","containers":[{"name":"c","image":"i","env":[{"name":"X","value":"${padding}"}]}]},"status":{"phase":"Running"}}`

/** Lists the pods in pages of as many as are asked for. */
const startPodServer = async (t: Test): Promise<{ server: string; ca: string; pages(): number }> => {
  const authority = createTestAuthority()
  const { certificatePem: cert, privateKeyPem: key } = authority.server()
  let pages = 0
  const server = createServer({ cert, key }, (request, response) => {
    pages += 1
    const query = new URL(request.url ?? '', 'https://server').searchParams
    const start = Number(query.get('continue') ?? 0)
    const end = Math.min(PODS, start + Number(query.get('limit')))
    const items = Array.from({ length: end - start }, (_, at) => pod(start + at))
    const metadata = JSON.stringify(end < PODS ? { continue: String(end) } : {})
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"metadata":${metadata},"items":[${items}]}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const ca = join(t.testdir({ 'ca.crt': authority.caPem }), 'ca.crt')
  return { server: `https://127.0.0.1:${port}`, ca, pages: () => pages }
}

t.test(`${PODS} pods are judged in a heap of ${HEAP_MIB} MiB`, { timeout: 120_000 }, async t => {
  const { server, ca, pages } = await startPodServer(t)
  const program = join(import.meta.dirname, 'audit-of-many.ts')
  // tap's own loaders would be measured, too.
  const { NODE_OPTIONS: _, ...env } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', `--max-old-space-size=${HEAP_MIB}`, program, server, ca, String(NODES)],
    { env },
  )
  const found = JSON.parse(stdout)
  t.comment(stdout)
  t.match(found, { pods: PODS, nodes: NODES, rows: 20_000 })
  t.equal(pages(), PODS / 500)
  t.ok(found.leftOut > 0, 'rows are bounded, and what they leave out is counted')
  t.ok(found.keptMiB <= 40, `${found.keptMiB} MiB are kept`)
})
