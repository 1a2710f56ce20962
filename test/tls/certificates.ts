import { randomBytes } from 'node:crypto'
import {
  type Authority,
  issueAuthorityCertificate,
  issueServingCertificate,
  positiveSerial,
  type SubjectNames,
} from '../../src/tls/authority.ts'
import { generateKeyPair, type KeyPair } from '../../src/tls/keys.ts'

/** The moment the tests of this folder play at. */
export const NOW_MS = Date.parse('2026-11-22T10:00:00Z')

const HOUR_MS = 3_600_000
const LOCAL: SubjectNames = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] }

/** A new authority, valid for an hour before and after the tests' moment. */
export const createAuthority = async (): Promise<Authority> => {
  const keys = await generateKeyPair('rsa-2048')
  const certificatePem = issueAuthorityCertificate(keys, validFor({}))
  return { certificatePem, keys }
}

/** A serving certificate for localhost with the keys given, valid for an hour around the tests' moment unless told otherwise. */
export const issue = (authority: Authority, keys: KeyPair, validity: Validity = {}, names = LOCAL) => ({
  certificatePem: issueServingCertificate(authority, keys, names, validFor(validity)),
  privateKeyPem: keys.privateKeyPem,
})

interface Validity {
  readonly notBefore?: Date
  readonly notAfter?: Date
}

const validFor = ({
  notBefore = new Date(NOW_MS - HOUR_MS),
  notAfter = new Date(NOW_MS + HOUR_MS),
}: Validity): { serial: string; notBefore: Date; notAfter: Date } => ({
  serial: positiveSerial(randomBytes(16)),
  notBefore,
  notAfter,
})
