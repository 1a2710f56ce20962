import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readCertificateFiles } from '../../src/tls/certificate-files.ts'
import { checkCertificate } from '../../src/tls/check-certificate.ts'
import { writeDevelopmentCertificates } from '../../src/tls/development-certificates.ts'
import { NOW_MS } from './certificates.ts'

const options = { dnsNames: [], ipAddresses: [], nowMs: NOW_MS, validityDays: 365 }
const DAY_MS = 86_400_000
const readX509 = async (path: string) => new X509Certificate(await readFile(path))

t.test('four files are written into a folder that was not there', async t => {
  const directory = join(t.testdir({}), 'deep', 'certs')
  const written = await writeDevelopmentCertificates({ ...options, directory })
  t.strictSame(
    written.files,
    ['ca.crt', 'ca.key', 'tls.key', 'tls.crt'].map(name => join(directory, name)),
  )
  t.strictSame((await readdir(directory)).sort(), ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'], 'and no temporary ones')
  t.equal(checkCertificate(directory, await readCertificateFiles(directory), NOW_MS).notAfterMs, written.notAfterMs)
})

t.test('keys are readable by their owner only', async t => {
  const directory = t.testdir({})
  await writeDevelopmentCertificates({ ...options, directory })
  const modeOf = async (name: string) => (await stat(join(directory, name))).mode & 0o777
  t.strictSame(await Promise.all(['ca.key', 'tls.key'].map(modeOf)), [0o600, 0o600])
})

t.test('the authority lasts ten years and the leaf as long as asked, both from a little earlier', async t => {
  const directory = t.testdir({})
  const { notAfterMs } = await writeDevelopmentCertificates({ ...options, directory, validityDays: 30 })
  const [ca, leaf] = await Promise.all([readX509(join(directory, 'ca.crt')), readX509(join(directory, 'tls.crt'))])
  t.equal(ca.validToDate.getTime(), NOW_MS + 3650 * DAY_MS)
  t.equal(leaf.validToDate.getTime(), NOW_MS + 30 * DAY_MS)
  t.equal(notAfterMs, NOW_MS + 30 * DAY_MS)
  t.equal(ca.validFromDate.getTime(), NOW_MS - 3_600_000)
  t.equal(leaf.validFromDate.getTime(), NOW_MS - 3_600_000)
  t.ok(leaf.verify(ca.publicKey))
  t.not(leaf.serialNumber, ca.serialNumber)
})

t.test('names and addresses are added to those of this machine, each once', async t => {
  const directory = t.testdir({})
  const names = { dnsNames: ['localhost', 'guard.example'], ipAddresses: ['10.0.0.1', '::1', 'fd00::7'] }
  const written = await writeDevelopmentCertificates({ ...options, ...names, directory })
  const { subjectAltName } = await readX509(join(directory, 'tls.crt'))
  t.equal(
    subjectAltName,
    'DNS:localhost, DNS:guard.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:7',
  )
  t.strictSame(written.dnsNames, ['localhost', 'guard.example'])
  t.strictSame(written.ipAddresses, ['127.0.0.1', '::1', '10.0.0.1', 'fd00::7'])
})

t.test('files that are there already stay, all of them', async t => {
  const directory = t.testdir({ 'tls.key': 'mine' })
  await t.rejects(writeDevelopmentCertificates({ ...options, directory }), {
    name: 'GuardError',
    code: 'SOCI_GUARD_USAGE',
    message: `${join(directory, 'tls.key')} is there already; use --force to replace, or another --cert-dir`,
  })
  t.strictSame(await readdir(directory), ['tls.key'])
  t.equal(await readFile(join(directory, 'tls.key'), 'utf8'), 'mine')
})

t.test('with force they are replaced, and an open mode is not kept', async t => {
  const directory = t.testdir({ 'tls.key': 'mine', 'ca.crt': 'mine' })
  await writeDevelopmentCertificates({ ...options, directory, force: true })
  t.equal(checkCertificate(directory, await readCertificateFiles(directory), NOW_MS).notAfterMs, NOW_MS + 365 * DAY_MS)
  t.equal((await stat(join(directory, 'tls.key'))).mode & 0o777, 0o600)
})

t.test('a folder that cannot be written is named', async t => {
  const file = join(t.testdir({}), 'file')
  await writeFile(file, '')
  await t.rejects(writeDevelopmentCertificates({ ...options, directory: file }), {
    name: 'GuardError',
    code: 'SOCI_GUARD_USAGE',
    message: `cannot write ${join(file, 'ca.crt')}: not a directory`,
  })
})

t.test('a folder that cannot be made is named', { skip: !existsSync('/proc/self') && 'needs /proc' }, async t => {
  await t.rejects(writeDevelopmentCertificates({ ...options, directory: '/proc/none/certs' }), {
    code: 'SOCI_GUARD_USAGE',
    message: 'cannot write /proc/none/certs/ca.crt: no such file or directory',
  })
})

t.test('a target that cannot be replaced leaves no temporary file', async t => {
  const directory = t.testdir({ 'tls.key': { inside: '' } })
  await t.rejects(writeDevelopmentCertificates({ ...options, directory, force: true }), {
    code: 'SOCI_GUARD_USAGE',
    message: `cannot write ${join(directory, 'tls.key')}: illegal operation on a directory`,
  })
  t.strictSame((await readdir(directory)).sort(), ['ca.crt', 'ca.key', 'tls.key'])
})
