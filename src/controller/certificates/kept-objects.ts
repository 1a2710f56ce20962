// The three objects that certificates live in, read in an order that matters: an authority is written to its Secret before any
// webhook trusts it, so whoever reads the webhooks first and that Secret last never takes a new authority for a foreign one.
import { isJsonObject, ownMember, ownMemberAt } from '../../admission/own-member.ts'
import { GuardError } from '../../errors.ts'
import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import { failedRequest } from '../failed-request.ts'

/** An object as the API server gave it. */
export type KeptObject = Readonly<Record<string, unknown>>

/** What is there; null for what is not. */
export interface KeptObjects {
  readonly webhooks: KeptObject | null
  readonly serving: KeptObject | null
  readonly authority: KeptObject | null
}

/** Where the objects are. */
export interface KeptPaths {
  readonly secrets: string
  readonly webhooks: string
  readonly serving: string
  readonly authority: string
}

/** One call takes no longer, so that a look never acts on what was read long ago. */
export const CALL_DEADLINE_MS = 10_000

/** The paths, by the names of the objects. */
export const keptPaths = (names: {
  readonly namespace: string
  readonly webhookConfiguration: string
  readonly servingSecret: string
  readonly authoritySecret: string
}): KeptPaths => {
  const secrets = `/api/v1/namespaces/${names.namespace}/secrets`
  return {
    secrets,
    webhooks: `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${names.webhookConfiguration}`,
    serving: `${secrets}/${names.servingSecret}`,
    authority: `${secrets}/${names.authoritySecret}`,
  }
}

/** Reads all three, one after the other. */
export const readKeptObjects = async (
  connection: ApiConnection,
  paths: KeptPaths,
  signal: AbortSignal,
): Promise<KeptObjects> => {
  const webhooks = await find(connection, paths.webhooks, signal)
  const serving = await find(connection, paths.serving, signal)
  const authority = await find(connection, paths.authority, signal)
  return { webhooks, serving, authority }
}

const find = async (connection: ApiConnection, path: string, signal: AbortSignal): Promise<KeptObject | null> => {
  try {
    const object = await connection.readJson(path, { signal, deadlineMs: CALL_DEADLINE_MS })
    if (isJsonObject(object)) return object
  } catch (error) {
    if (failedRequest(error).statusCode === 404) return null
    throw error
  }
  throw new GuardError('SOCI_GUARD_API_UNEXPECTED', `${path}: expected a JSON object; look for a proxy between`)
}

/** The text under a key of a Secret; '' for none. */
export const secretText = (secret: KeptObject | null, key: string): string => {
  const encoded = ownMember(ownMember(secret, 'data'), key)
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : ''
}

/** The webhooks of a configuration. */
export const webhooksOf = (configuration: KeptObject | null): readonly unknown[] => {
  const webhooks = ownMember(configuration, 'webhooks')
  return Array.isArray(webhooks) ? webhooks : []
}

/** The text of a webhook's caBundle; '' for none. */
export const bundleText = (webhook: unknown): string => {
  const encoded = ownMemberAt(webhook, ['clientConfig', 'caBundle'])
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : ''
}

/** True when cert-manager keeps one of the objects up to date, so that two would take turns. */
export const isKeptByCertManager = ({ webhooks, serving, authority }: KeptObjects): boolean =>
  [webhooks, serving, authority].some(object => {
    const annotations = ownMemberAt(object, ['metadata', 'annotations'])
    return isJsonObject(annotations) && CERT_MANAGER_ANNOTATIONS.some(name => Object.hasOwn(annotations, name))
  })

const CERT_MANAGER_ANNOTATIONS = ['cert-manager.io/certificate-name', 'cert-manager.io/inject-ca-from']
