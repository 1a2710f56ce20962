// Every write says which version it was made from, so that of two controllers, or of us and a person, one is refused and looks again.
import { isJsonObject, ownMember, ownMemberAt } from '../../admission/own-member.ts'
import type { ApiConnection, ApiRequestOptions } from '../../inventory/cluster/api-connection.ts'
import { failedRequest } from '../failed-request.ts'
import { CALL_DEADLINE_MS, type KeptObject, webhooksOf } from './kept-objects.ts'

/** What a write answered; `changed` when the object was not as it was read, so that nothing was written. */
export type Written = KeptObject | 'changed'

/** A Secret to write: where, from which version, and what it must hold. */
export interface SecretToWrite {
  /** Of the collection. */
  readonly collection: string
  readonly name: string
  readonly namespace: string
  /** As it was read; null to create it. */
  readonly there: KeptObject | null
  readonly type: string
  readonly texts: Readonly<Record<string, string>>
}

const FIELD_MANAGER = 'fieldManager=soci-guard-controller'

/** Creates a Secret or replaces the texts in it; other keys, labels and annotations stay. */
export const writeSecret = async (
  connection: ApiConnection,
  secret: SecretToWrite,
  signal: AbortSignal,
): Promise<Written> => {
  const { collection, name, namespace, there, type, texts } = secret
  const encoded = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, base64(text)]))
  if (there === null) {
    const metadata = { name, namespace, labels: { 'app.kubernetes.io/name': 'soci-guard' } }
    const object = { apiVersion: 'v1', kind: 'Secret', metadata, type, data: encoded }
    return write(connection, `${collection}?${FIELD_MANAGER}`, { method: 'POST', signal }, object)
  }
  const data = ownMember(there, 'data')
  const object = { ...there, data: { ...(isJsonObject(data) ? data : {}), ...encoded } }
  try {
    return await write(connection, `${collection}/${name}?${FIELD_MANAGER}`, { method: 'PUT', signal }, object)
  } catch (error) {
    // Somebody made it immutable, or of a type that wants other keys: it goes, and the next look makes it anew.
    if (failedRequest(error).statusCode !== 422) throw error
    return write(connection, `${collection}/${name}`, { method: 'DELETE', signal }, { preconditions: versionOf(there) })
  }
}

/** Gives every webhook of the configuration the bundle and changes nothing else. */
export const writeBundles = (
  connection: ApiConnection,
  path: string,
  configuration: KeptObject,
  bundle: string,
  signal: AbortSignal,
): Promise<Written> => {
  const webhooks = webhooksOf(configuration).map(webhook => {
    const clientConfig = ownMember(webhook, 'clientConfig')
    return { ...(webhook as object), clientConfig: { ...(clientConfig as object), caBundle: base64(bundle) } }
  })
  return write(connection, `${path}?${FIELD_MANAGER}`, { method: 'PUT', signal }, { ...configuration, webhooks })
}

const write = async (
  connection: ApiConnection,
  path: string,
  options: ApiRequestOptions,
  object: object,
): Promise<Written> => {
  try {
    const asked = { ...options, body: JSON.stringify(object), deadlineMs: CALL_DEADLINE_MS }
    const answer = await connection.readJson(path, asked)
    return isJsonObject(answer) ? answer : {}
  } catch (error) {
    const { statusCode } = failedRequest(error)
    // 409: another version, or it is there already. 404: it is gone, or the namespace is.
    if (statusCode === 409 || (statusCode === 404 && options.method !== 'POST')) return 'changed'
    throw error
  }
}

const versionOf = (object: KeptObject) => ({
  uid: ownMemberAt(object, ['metadata', 'uid']),
  resourceVersion: ownMemberAt(object, ['metadata', 'resourceVersion']),
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')
