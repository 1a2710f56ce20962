import { generateKeyPair as generate } from 'node:crypto'
import { promisify } from 'node:util'

/** A key pair as text: PKCS #8 and SubjectPublicKeyInfo PEM. */
export interface KeyPair {
  readonly privateKeyPem: string
  readonly publicKeyPem: string
}

const generateAsync = promisify(generate)
const publicKeyEncoding = { type: 'spki', format: 'pem' } as const
const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const

/** A fresh key pair, made off the event loop (an RSA key made by node-forge would hold it for 100 ms and more). */
export const generateKeyPair = async (type: 'ecdsa-p256' | 'rsa-2048'): Promise<KeyPair> => {
  const { privateKey, publicKey } =
    type === 'rsa-2048'
      ? await generateAsync('rsa', { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding })
      : await generateAsync('ec', { namedCurve: 'P-256', publicKeyEncoding, privateKeyEncoding })
  return { privateKeyPem: privateKey, publicKeyPem: publicKey }
}
