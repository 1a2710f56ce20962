import { join } from 'node:path'
import t from 'tap'
import { findCertificateFiles, readCertificateFiles } from '../../src/tls/certificate-files.ts'

t.test('the pair is read from tls.crt and tls.key', async t => {
  const directory = t.testdir({ 'tls.crt': 'certificate', 'tls.key': 'key' })
  t.strictSame(await readCertificateFiles(directory), { certificatePem: 'certificate', privateKeyPem: 'key' })
})

for (const missing of ['tls.crt', 'tls.key']) {
  t.test(`a missing ${missing} is named, with what to do`, async t => {
    const directory = t.testdir({ [missing === 'tls.crt' ? 'tls.key' : 'tls.crt']: 'there' })
    await t.rejects(readCertificateFiles(directory), {
      name: 'GuardError',
      code: 'SOCI_GUARD_FILE_UNREADABLE',
      message: `cannot read ${join(directory, missing)}: no such file or directory; mount the certificate there, or make one with "soci-guard certs"`,
    })
  })
}

t.test('the files that are there already are found, a folder that is not there has none', async t => {
  const directory = t.testdir({ 'ca.crt': '', 'tls.key': '', 'README.md': '' })
  t.strictSame(await findCertificateFiles(directory), [join(directory, 'ca.crt'), join(directory, 'tls.key')])
  t.strictSame(await findCertificateFiles(join(directory, 'none')), [])
})
