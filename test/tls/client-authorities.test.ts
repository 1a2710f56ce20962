import { join } from 'node:path'
import t from 'tap'
import { readClientAuthorities } from '../../src/tls/client-authorities.ts'
import { createAuthority } from './certificates.ts'

t.test('the text of the authorities comes as it is', async t => {
  const { certificatePem } = await createAuthority()
  const directory = t.testdir({ 'ca.crt': certificatePem })
  t.equal(await readClientAuthorities(join(directory, 'ca.crt')), certificatePem)
})

t.test('a file without a certificate is refused', async t => {
  const path = join(t.testdir({ 'ca.crt': 'nothing\n' }), 'ca.crt')
  await t.rejects(readClientAuthorities(path), {
    code: 'SOCI_GUARD_CERTIFICATE_INVALID',
    message: `${path}: expected a PEM certificate; found no "BEGIN CERTIFICATE" block`,
  })
})

t.test('a folder in place of the file is refused', async t => {
  const path = t.testdir({})
  await t.rejects(readClientAuthorities(path), {
    code: 'SOCI_GUARD_FILE_UNREADABLE',
    message: `cannot read ${path}: illegal operation on a directory`,
  })
})
