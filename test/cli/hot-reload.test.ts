import { readFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'
import t from 'tap'
import { bindingReview, getOps, postReviewTo, reviewResponse } from '../support/ask-service.ts'
import { startServe } from '../support/run-bin.ts'
import { replaceFile, writeCertificates, writeServiceFiles } from '../support/service-files.ts'

t.test('a good edit of the inventory is taken over; a bad one is refused and what was loaded stays', async t => {
  const files = await writeServiceFiles(t)
  const service = await startServe(t, files.args)
  const allowed = async (node: string): Promise<boolean> =>
    reviewResponse(await postReviewTo(service.port, files.certDir, 'bindings', bindingReview(node))).allowed
  t.equal(await allowed('mixed-1'), false)

  const text = readFileSync(files.inventory, 'utf8')
  replaceFile(
    files.inventory,
    text
      .replaceAll('mixed-1', 'other-1')
      .replaceAll('broken-1', 'mixed-1')
      .replace('responds: false', 'responds: true'),
  )
  await service.line(({ msg, what }) => msg === 'reloaded' && what === 'inventory')
  t.equal(await allowed('mixed-1'), true)

  replaceFile(files.inventory, `${text}---\napiVersion: v1\nkind: Node\nmetadata: 7\n`)
  const line = text.split('\n').length + 3
  t.match(await service.line(({ level }) => level === 'error'), {
    msg: 'reload refused; the last good one stays',
    what: 'inventory',
    code: 'SOCI_GUARD_INVENTORY_INVALID',
    problems: [`${files.inventory}: document 19, line ${line}: metadata: expected an object; found 7`],
  })
  t.equal(await allowed('mixed-1'), true)
  t.equal((await getOps(service.opsPort, '/readyz')).statusCode, 200)
})

t.test('a good edit of the configuration is taken over; a bad one is refused, logged and counted', async t => {
  const files = await writeServiceFiles(t)
  const service = await startServe(t, files.args)
  const text = readFileSync(files.config, 'utf8')
  replaceFile(files.config, text.replace('mode: enforce', 'mode: warn'))
  await service.line(({ msg, what }) => msg === 'reloaded' && what === 'configuration')
  const review = bindingReview('mixed-1')
  t.equal(
    reviewResponse(await postReviewTo(service.port, files.certDir, 'bindings', review)).auditAnnotations.decision,
    'warn',
  )

  replaceFile(files.config, text.replace('mode: enforce', 'mode: strict'))
  t.match(await service.line(({ level }) => level === 'error'), {
    what: 'configuration',
    code: 'SOCI_GUARD_CONFIGURATION_INVALID',
  })
  t.equal(
    reviewResponse(await postReviewTo(service.port, files.certDir, 'bindings', review)).auditAnnotations.decision,
    'warn',
  )
  t.match(
    (await getOps(service.opsPort, '/metrics')).body,
    'soci_guard_configuration_reloads_total{result="failure"} 1\n',
  )
})

const fingerprint = async (port: number): Promise<string> => {
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

t.test('new certificates are shown to new connections; a pair that does not match is refused', async t => {
  const files = await writeServiceFiles(t)
  const service = await startServe(t, files.args)
  const first = await fingerprint(service.port)
  await writeCertificates(files.certDir)
  await service.line(({ msg, what }) => msg === 'reloaded' && what === 'certificate')
  const second = await fingerprint(service.port)
  t.not(second, first)
  t.equal(
    reviewResponse(await postReviewTo(service.port, files.certDir, 'bindings', bindingReview('soci-1'))).allowed,
    true,
  )

  replaceFile(`${files.certDir}/tls.key`, 'no key')
  await service.line(({ level, what }) => level === 'error' && what === 'certificate')
  t.equal(await fingerprint(service.port), second)
})
