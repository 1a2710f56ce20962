import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runBin } from '../support/run-bin.ts'

t.test(
  'certificates are written, for the names that were asked for, with keys that only their owner reads',
  async t => {
    const folder = join(t.testdir({}), 'new/certs')
    const { code, stdout, stderr } = await runBin([
      'certs',
      '--cert-dir',
      folder,
      '--dns-name',
      'guard.test',
      '--ip',
      '10.0.0.1',
      '--validity-days',
      '7',
    ])
    t.equal(stderr, '')
    t.equal(code, 0)
    for (const name of ['ca.crt', 'ca.key', 'tls.crt', 'tls.key']) t.match(stdout, `wrote ${join(folder, name)}\n`)
    t.match(stdout, 'good for localhost, guard.test, 127.0.0.1, ::1, 10.0.0.1 until ')
    for (const name of ['ca.key', 'tls.key']) t.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
    const leaf = new X509Certificate(readFileSync(join(folder, 'tls.crt')))
    const authority = new X509Certificate(readFileSync(join(folder, 'ca.crt')))
    t.ok(leaf.verify(authority.publicKey))
    t.equal(leaf.checkHost('guard.test'), 'guard.test')
    t.equal(leaf.checkIP('10.0.0.1'), '10.0.0.1')
  },
)

t.test('certificates that are there are replaced only with --force', async t => {
  const folder = t.testdir({ 'tls.crt': 'mine' })
  const refused = await runBin(['certs', '--cert-dir', folder])
  t.equal(refused.code, 2)
  t.equal(
    refused.stderr,
    `soci-guard: ${join(folder, 'tls.crt')} is there already; use --force to replace, or another --cert-dir\n`,
  )
  t.equal(readFileSync(join(folder, 'tls.crt'), 'utf8'), 'mine')
  t.equal((await runBin(['certs', '--cert-dir', folder, '--force'])).code, 0)
  t.match(readFileSync(join(folder, 'tls.crt'), 'utf8'), /^-----BEGIN CERTIFICATE-----/)
})
