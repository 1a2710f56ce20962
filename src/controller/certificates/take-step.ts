import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import { CERTIFICATE_FILES } from '../../tls/certificate-files.ts'
import { issueAuthority, issueServing } from '../../tls/issue-with-key.ts'
import type { CertificateStep } from './certificate-step.ts'
import type { KeptObjects, KeptPaths } from './kept-objects.ts'
import type { ReadCertificates } from './read-facts.ts'
import { type Written, writeBundles, writeSecret } from './write-objects.ts'

/** How long new certificates live, and for which names. */
export interface CertificateLives {
  readonly authorityMs: number
  readonly servingMs: number
  readonly dnsNames: readonly string[]
}

/** What a step is taken with. */
export interface StepContext {
  readonly connection: ApiConnection
  readonly paths: KeptPaths
  readonly namespace: string
  readonly servingSecret: string
  readonly authoritySecret: string
  readonly lives: CertificateLives
  readonly nowMs: number
  /** False once so much time has passed that what was read must be read again. */
  readonly isFresh: () => boolean
  readonly signal: AbortSignal
}

/** A step that writes an object. */
export type WritingStep = Extract<CertificateStep, { kind: `write${string}` }>

/** Takes a step that writes, on what was read for it. */
export const takeStep = (
  step: WritingStep,
  objects: KeptObjects,
  read: ReadCertificates,
  context: StepContext,
): Promise<Written> => {
  switch (step.kind) {
    case 'writeAuthorities':
      return writeAuthorities(step, objects, read, context)
    case 'writeBundles':
      return writeBundles(
        context.connection,
        context.paths.webhooks,
        objects.webhooks ?? {},
        pemOf(step.authorities, read),
        context.signal,
      )
    case 'writeLeaf':
      return writeLeaf(objects, read, context)
  }
}

const writeAuthorities = async (
  { fresh, keep }: Extract<WritingStep, { kind: 'writeAuthorities' }>,
  { authority }: KeptObjects,
  read: ReadCertificates,
  context: StepContext,
): Promise<Written> => {
  const { nowMs, lives } = context
  const made = fresh ? await issueAuthority({ nowMs, notAfterMs: nowMs + lives.authorityMs }) : undefined
  const texts = {
    [CERTIFICATE_FILES.authority]: (made?.certificatePem ?? '') + pemOf(keep, read),
    [CERTIFICATE_FILES.authorityKey]: made?.privateKeyPem ?? read.signingKeyPem,
  }
  const { authoritySecret: name, namespace, connection, paths, signal } = context
  const secret = { collection: paths.secrets, name, namespace, there: authority, type: 'Opaque', texts }
  return context.isFresh() ? writeSecret(connection, secret, signal) : 'changed'
}

const writeLeaf = async ({ serving }: KeptObjects, read: ReadCertificates, context: StepContext): Promise<Written> => {
  const { nowMs, lives } = context
  const newest = read.facts.authorities[0]
  const certificatePem = pemOf(newest ? [newest.id] : [], read)
  // Nothing lives longer than who vouches for it.
  const notAfterMs = Math.min(nowMs + lives.servingMs, newest?.notAfterMs ?? 0)
  const names = { dnsNames: lives.dnsNames, ipAddresses: [] }
  const authority = { certificatePem, privateKeyPem: read.signingKeyPem }
  const made = await issueServing(authority, names, { nowMs, notAfterMs })
  const texts = {
    // The older ones too: replicas may serve their leaves still, and should the other Secret be lost they are known from here.
    [CERTIFICATE_FILES.authority]: pemOf(
      read.facts.authorities.map(({ id }) => id),
      read,
    ),
    [CERTIFICATE_FILES.certificate]: made.certificatePem,
    [CERTIFICATE_FILES.privateKey]: made.privateKeyPem,
  }
  const { servingSecret: name, namespace, connection, paths, signal } = context
  const secret = { collection: paths.secrets, name, namespace, there: serving, type: 'kubernetes.io/tls', texts }
  return context.isFresh() ? writeSecret(connection, secret, signal) : 'changed'
}

const pemOf = (ids: readonly string[], { known }: ReadCertificates): string =>
  ids.map(id => known.get(id)?.pem ?? '').join('')
