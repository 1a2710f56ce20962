import { X509Certificate } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import fc from 'fast-check'
import t from 'tap'
import { issueAuthorityCertificate, issueServingCertificate, positiveSerial } from '../../src/tls/authority.ts'
import { generateKeyPair } from '../../src/tls/keys.ts'

const NOW_MS = Math.floor(Date.now() / 1000) * 1000
const notBefore = new Date(NOW_MS - 3_600_000)
const notAfter = new Date(NOW_MS + 86_400_000)
const names = {
  dnsNames: ['localhost', 'soci-guard.soci-guard-system.svc'],
  ipAddresses: ['127.0.0.1', '::1', '10.96.0.7'],
}
const [authorityKeys, keys] = await Promise.all([generateKeyPair('rsa-2048'), generateKeyPair('rsa-2048')])
const authorityPem = issueAuthorityCertificate(authorityKeys, { serial: `4${'0'.repeat(31)}`, notBefore, notAfter })
const authority = { certificatePem: authorityPem, keys: authorityKeys }
const servingPem = issueServingCertificate(authority, keys, names, {
  serial: `5${'a'.repeat(31)}`,
  notBefore,
  notAfter,
})

interface Handshake {
  readonly protocol: string | null
  readonly certificate: X509Certificate
}

/** What a client that trusts `ca` sees of a server with the serving certificate. */
const shakeHands = async (options: { ca: string; host: string; servername?: string }): Promise<Handshake> => {
  const server = createServer({ cert: servingPem, key: keys.privateKeyPem, minVersion: 'TLSv1.3' })
  await new Promise<void>(resolve => server.listen(0, options.host, resolve))
  const { port } = server.address() as AddressInfo
  try {
    const socket = await new Promise<TLSSocket>((resolve, reject) => {
      const client = connect({ ...options, port }, () => resolve(client)).on('error', reject)
    })
    const certificate = socket.getPeerX509Certificate()
    const protocol = socket.getProtocol()
    socket.destroy()
    if (certificate === undefined) throw new Error('the server showed no certificate')
    return { protocol, certificate }
  } finally {
    server.close()
  }
}

t.test('a client that trusts the authority completes a TLS 1.3 handshake', async t => {
  const { protocol, certificate } = await shakeHands({ ca: authorityPem, host: '127.0.0.1', servername: 'localhost' })
  t.equal(protocol, 'TLSv1.3')
  t.equal(
    certificate.subjectAltName,
    'DNS:localhost, DNS:soci-guard.soci-guard-system.svc, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:10.96.0.7',
  )
  t.equal(certificate.serialNumber, `5${'A'.repeat(31)}`)
  t.equal(certificate.validToDate.getTime(), notAfter.getTime())
  t.equal(certificate.validFromDate.getTime(), notBefore.getTime())
  t.equal(certificate.subject, 'O=soci-guard\nCN=soci-guard')
  t.equal(certificate.issuer, 'O=soci-guard\nCN=soci-guard certificate authority')
  t.strictSame(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1'], 'extended key usage: server authentication')
})

t.test('the certificate is good for the Service name and for an address', async t => {
  await t.resolves(shakeHands({ ca: authorityPem, host: '127.0.0.1', servername: 'soci-guard.soci-guard-system.svc' }))
  await t.resolves(shakeHands({ ca: authorityPem, host: '127.0.0.1' }))
})

t.test('a name that the certificate does not have is refused', async t => {
  const attempt = shakeHands({ ca: authorityPem, host: '127.0.0.1', servername: 'example.com' })
  await t.rejects(attempt, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
})

t.test('another authority of the same name is not trusted', async t => {
  const otherKeys = await generateKeyPair('rsa-2048')
  const ca = issueAuthorityCertificate(otherKeys, { serial: `4${'1'.repeat(31)}`, notBefore, notAfter })
  await t.rejects(shakeHands({ ca, host: '127.0.0.1', servername: 'localhost' }), {
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  })
})

t.test('the authority signs certificates and the leaf does not', async t => {
  const [ca, leaf] = [new X509Certificate(authorityPem), new X509Certificate(servingPem)]
  t.equal(ca.ca, true)
  t.equal(leaf.ca, false)
  t.ok(leaf.checkIssued(ca), 'the leaf names the authority as its issuer')
  t.ok(leaf.verify(ca.publicKey), 'the signature is that of the authority')
  t.ok(ca.verify(ca.publicKey), 'the authority signed itself')
})

t.test('the signature is RSA with SHA-256', async t => {
  const { signatureAlgorithm } = new X509Certificate(servingPem)
  t.equal(signatureAlgorithm, 'sha256WithRSAEncryption')
})

t.test('PEM text ends its lines with LF', async t => {
  t.notMatch(servingPem, '\r')
  t.match(servingPem, /\n$/)
})

t.test('a serial number from any 16 bytes is positive and 16 bytes long', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), bytes => {
      const serial = positiveSerial(bytes)
      const first = Number.parseInt(serial.slice(0, 2), 16)
      return serial.length === 32 && first >= 0x40 && first < 0x80
    }),
  )
})

t.test('a serial number keeps the bytes after the first and does not write into them', async t => {
  const bytes = Uint8Array.from([0xff, ...Array.from({ length: 15 }, (_, index) => index)])
  t.equal(positiveSerial(bytes), '7f000102030405060708090a0b0c0d0e')
  t.equal(bytes[0], 0xff)
})
