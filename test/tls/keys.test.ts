import { createPrivateKey, createPublicKey } from 'node:crypto'
import t from 'tap'
import { generateKeyPair } from '../../src/tls/keys.ts'

t.test('an RSA key has 2048 bits', async t => {
  const { privateKeyPem, publicKeyPem } = await generateKeyPair('rsa-2048')
  t.equal(createPrivateKey(privateKeyPem).asymmetricKeyDetails?.modulusLength, 2048)
  t.ok(
    createPublicKey(privateKeyPem).equals(createPublicKey(publicKeyPem)),
    'the public key is that of the private one',
  )
})

t.test('an ECDSA key is on P-256', async t => {
  const { privateKeyPem, publicKeyPem } = await generateKeyPair('ecdsa-p256')
  t.equal(createPrivateKey(privateKeyPem).asymmetricKeyDetails?.namedCurve, 'prime256v1')
  t.ok(
    createPublicKey(privateKeyPem).equals(createPublicKey(publicKeyPem)),
    'the public key is that of the private one',
  )
})

t.test('the event loop keeps turning while an RSA key is made', async t => {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await Promise.all([generateKeyPair('rsa-2048'), generateKeyPair('rsa-2048')])
  clearInterval(timer)
  t.ok(turns > 0)
})
