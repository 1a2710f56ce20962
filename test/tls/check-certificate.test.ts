import { createPrivateKey, X509Certificate } from 'node:crypto'
import t from 'tap'
import { checkCertificate, parseCertificates } from '../../src/tls/check-certificate.ts'
import { generateKeyPair } from '../../src/tls/keys.ts'
import { createAuthority, issue, NOW_MS } from './certificates.ts'

const authority = await createAuthority()
const [keys, otherKeys, ellipticKeys] = await Promise.all([
  generateKeyPair('rsa-2048'),
  generateKeyPair('rsa-2048'),
  generateKeyPair('ecdsa-p256'),
])
const good = issue(authority, keys)
const encryptedKeyPem = createPrivateKey(keys.privateKeyPem)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
  .toString()
const garbagePem = '-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n'

t.test('a pair that fits together comes with the moment it expires', async t => {
  t.strictSame(checkCertificate('certs', good, NOW_MS), { ...good, notAfterMs: NOW_MS + 3_600_000 })
})

t.test('a chain with the leaf first is good, and expires with the leaf', async t => {
  const certificatePem = good.certificatePem + authority.certificatePem
  t.equal(checkCertificate('certs', { ...good, certificatePem }, NOW_MS).notAfterMs, NOW_MS + 3_600_000)
})

t.test('a certificate that is not valid yet is served, because this clock may be the wrong one', async t => {
  const early = issue(authority, keys, { notBefore: new Date(NOW_MS + 60_000) })
  t.equal(checkCertificate('certs', early, NOW_MS).notAfterMs, NOW_MS + 3_600_000)
})

const refused = [
  {
    name: 'a key of another certificate',
    texts: { ...good, privateKeyPem: otherKeys.privateKeyPem },
    want: 'certs/tls.key is not the key of certs/tls.crt; write both files from the same pair',
  },
  {
    name: 'a key of another type',
    texts: { ...good, privateKeyPem: ellipticKeys.privateKeyPem },
    want: 'certs/tls.key is not the key of certs/tls.crt; write both files from the same pair',
  },
  {
    name: 'a chain with the authority first',
    texts: { ...good, certificatePem: authority.certificatePem + good.certificatePem },
    want: 'certs/tls.crt: expected the serving certificate first; the key belongs to certificate 2 of the file',
  },
  {
    name: 'an empty certificate file',
    texts: { ...good, certificatePem: '' },
    want: 'certs/tls.crt: expected a PEM certificate; found no "BEGIN CERTIFICATE" block',
  },
  {
    name: 'a key in place of the certificate',
    texts: { ...good, certificatePem: good.privateKeyPem },
    want: 'certs/tls.crt: expected a PEM certificate; found no "BEGIN CERTIFICATE" block',
  },
  {
    name: 'a certificate cut off in the middle',
    texts: { ...good, certificatePem: good.certificatePem.slice(0, 300) },
    want: 'certs/tls.crt: expected a PEM certificate; found no "BEGIN CERTIFICATE" block',
  },
  {
    name: 'a block that is no certificate',
    texts: { ...good, certificatePem: good.certificatePem + garbagePem },
    want: 'certs/tls.crt: certificate 2 cannot be decoded; write the file again',
  },
  {
    name: 'a key that is no key',
    texts: { ...good, privateKeyPem: 'not a key\n' },
    want: 'certs/tls.key: expected a PEM private key; found something that cannot be decoded as one',
  },
  {
    name: 'an encrypted key',
    texts: { ...good, privateKeyPem: encryptedKeyPem },
    want: 'certs/tls.key: expected a private key without a passphrase; found an encrypted one',
  },
  {
    name: 'an expired certificate',
    texts: issue(authority, keys, { notAfter: new Date(NOW_MS) }),
    want: 'certs/tls.crt expired at 2026-11-22T10:00:00.000Z; replace it, or make a new one with "soci-guard certs --force"',
  },
]

for (const { name, texts, want } of refused) {
  t.test(`${name} is refused with a sentence that names the file`, async t => {
    t.throws(() => checkCertificate('certs', texts, NOW_MS), {
      name: 'GuardError',
      code: 'SOCI_GUARD_CERTIFICATE_INVALID',
      message: want,
    })
  })
}

t.test('every certificate of a file is found, in its order', async t => {
  const found = parseCertificates('ca.crt', `# a comment\n${authority.certificatePem}${good.certificatePem}`)
  t.strictSame(
    found.map(({ fingerprint256 }) => fingerprint256),
    [authority.certificatePem, good.certificatePem].map(pem => new X509Certificate(pem).fingerprint256),
  )
})
