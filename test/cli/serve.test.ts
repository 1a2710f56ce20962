import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { bindingReview, getOps, postReviewTo, reviewResponse } from '../support/ask-service.ts'
import { runBin, startServe } from '../support/run-bin.ts'
import { writeCertificates, writeServiceFiles } from '../support/service-files.ts'

const files = await writeServiceFiles(t)

t.test('a review is answered, counted and logged', async t => {
  const service = await startServe(t, files.args)
  const response = reviewResponse(await postReviewTo(service.port, files.certDir, 'bindings', bindingReview('mixed-1')))
  t.equal(response.uid, 'u-1')
  t.equal(response.allowed, false)
  t.equal(response.status?.code, 403)
  t.match(response.status?.message, /^node mixed-1 is Mixed \(ConfiguredAfterLaunch\): /)
  t.match(
    (await getOps(service.opsPort, '/metrics')).body,
    'soci_guard_reviews_total{webhook="bindings",mode="enforce",decision="deny",reason="ConfiguredAfterLaunch"} 1',
  )
  t.match(await service.line(({ event }) => event === 'review'), {
    level: 'info',
    webhook: 'bindings',
    requestUid: 'u-1',
    decision: 'deny',
    node: 'mixed-1',
    reason: 'ConfiguredAfterLaunch',
  })
})

t.test('the ops port tells health, readiness and the nodes by state', async t => {
  const { opsPort } = await startServe(t, files.args)
  t.strictSame(await getOps(opsPort, '/healthz'), { statusCode: 200, body: 'ok\n' })
  t.strictSame(await getOps(opsPort, '/readyz'), { statusCode: 200, body: 'ok\n' })
  const { body } = await getOps(opsPort, '/metrics')
  for (const [state, count] of [
    ['Ready', 3],
    ['Mixed', 2],
    ['NotDefault', 2],
    ['Broken', 1],
    ['Unverified', 1],
  ] as const) {
    t.match(body, `soci_guard_nodes{state="${state}"} ${count}\n`)
  }
  t.match(body, /^soci_guard_certificate_expiry_timestamp_seconds \d+$/m)
  t.match(body, 'soci_guard_configuration_reloads_total{result="success"} 1\n')
})

t.test('SIGTERM and SIGINT drain and end with 0', async t => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const service = await startServe(t, files.args)
    service.kill(signal)
    await service.line(({ msg }) => msg === 'draining')
    t.strictSame(await service.ended(), { code: 0, signal: null, stderr: '' })
    t.match(service.lines.at(-1), { msg: 'stopped' })
  }
})

t.test('while it drains it is not ready, and still answers', async t => {
  const service = await startServe(t, [...files.args, '--drain-seconds', '30'])
  service.kill('SIGTERM')
  await service.line(({ msg }) => msg === 'draining')
  t.strictSame(await getOps(service.opsPort, '/readyz'), { statusCode: 503, body: 'server: shutting down\n' })
  t.equal((await getOps(service.opsPort, '/healthz')).statusCode, 200)
  const review = bindingReview('soci-1')
  t.equal(reviewResponse(await postReviewTo(service.port, files.certDir, 'bindings', review)).allowed, true)
})

t.test('a second signal ends it at once', async t => {
  for (const [signal, want] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    const service = await startServe(t, [...files.args, '--drain-seconds', '3600'])
    service.kill('SIGTERM')
    await service.line(({ msg }) => msg === 'draining')
    service.kill(signal)
    t.equal((await service.ended()).code, want)
  }
})

t.test('it says that it listens at every log level, and audit lines can go to a file of their own', async t => {
  const auditLog = join(files.folder, 'audit.log')
  const service = await startServe(t, [...files.args, '--log-level', 'warn', '--audit-log', auditLog])
  t.equal(service.lines.length, 1)
  await postReviewTo(service.port, files.certDir, 'bindings', bindingReview('gone-1'))
  service.kill('SIGTERM')
  t.equal((await service.ended()).code, 0)
  t.equal(service.lines.length, 1)
})

t.test('the lines of an audit file are not lost on exit', async t => {
  const auditLog = join(files.folder, 'audit-2.log')
  const service = await startServe(t, [...files.args, '--audit-log', auditLog])
  await postReviewTo(service.port, files.certDir, 'bindings', bindingReview('mixed-1'))
  service.kill('SIGTERM')
  await service.ended()
  const lines = readFileSync(auditLog, 'utf8').trim().split('\n')
  t.equal(lines.length, 1)
  t.match(JSON.parse(lines[0] ?? ''), { event: 'review', decision: 'deny', node: 'mixed-1' })
})

t.test('a port that is taken is told in one sentence', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await new Promise(resolve => taken.once('listening', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''
  const { code, stdout, stderr } = await runBin([
    'serve',
    ...files.args,
    '--host',
    '127.0.0.1',
    '--port',
    port,
    '--ops-port',
    '0',
  ])
  t.equal(code, 2)
  t.equal(stdout, '')
  t.equal(
    stderr,
    `soci-guard: cannot listen on 127.0.0.1 port ${port}: another process listens there; choose another port\n`,
  )
})

t.test('a certificate that does not match its key is told in one sentence', async t => {
  const mixed = join(files.folder, 'mixed-certs')
  const other = join(files.folder, 'other-certs')
  await Promise.all([writeCertificates(mixed), writeCertificates(other)])
  writeFileSync(join(mixed, 'tls.key'), readFileSync(join(other, 'tls.key')))
  const { code, stderr } = await runBin(['serve', ...files.args, '--cert-dir', mixed, '--port', '0', '--ops-port', '0'])
  t.equal(code, 2)
  t.match(stderr, /^soci-guard: .*mixed-certs\/tls\.crt.*\n$/)
  t.equal(stderr.split('\n').length, 2)
})

t.test('a bad inventory and a bad configuration are refused with file, line and path', async t => {
  const inventory = join(files.folder, 'bad-inventory.yaml')
  writeFileSync(
    inventory,
    'apiVersion: v1\nkind: Node\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Node\nmetadata: {}\n',
  )
  const ports = ['--port', '0', '--ops-port', '0']
  const badInventory = await runBin(['serve', ...files.args, ...ports, '--inventory', inventory])
  t.equal(badInventory.code, 2)
  t.equal(
    badInventory.stderr,
    `soci-guard: ${inventory}: document 2, line 7: metadata.name: expected the name of a node; found nothing\n`,
  )

  const config = join(files.folder, 'bad-guard.yaml')
  writeFileSync(
    config,
    'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\nmode: strict\nreportTTLSeconds: x\n',
  )
  const badConfig = await runBin(['serve', ...files.args, ...ports, '--config', config])
  t.equal(badConfig.code, 2)
  t.match(badConfig.stderr, `soci-guard: ${config}:3: mode: `)
  t.match(badConfig.stderr, `soci-guard: ${config}:4: reportTTLSeconds: `)
})
