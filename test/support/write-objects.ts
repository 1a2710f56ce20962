// What an API server does with a write, as far as our commands and controllers write: create, apply, patch and delete.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServedObject } from './listing-api-server.ts'

/** One write as it came. */
export interface ApiWrite {
  readonly method: string
  /** Path and query, decoded. */
  readonly path: string
  readonly contentType: string
  readonly body: unknown
}

/** Where a write goes. */
export interface WriteTarget {
  readonly objects: ServedObject[]
  readonly namespace: string | undefined
  /** undefined: into the collection. */
  readonly name: string | undefined
}

/** The write with its whole body. */
export const readWrite = async (request: IncomingMessage): Promise<ApiWrite> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return {
    method: request.method ?? '',
    path: decodeURIComponent((request.url ?? '').replaceAll('+', ' ')),
    contentType: request.headers['content-type'] ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  }
}

/** Does the write to the objects; tells the status and the object. */
export const writeObject = (target: WriteTarget, write: ApiWrite): { status: number; object: object } => {
  const { objects, namespace } = target
  const name = target.name ?? (write.body as ServedObject).metadata.name
  const at = objects.findIndex(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
  const known = objects[at]
  if (write.method === 'POST') {
    if (known !== undefined) return refusal(409, `"${name}" already exists`)
    objects.push(write.body as ServedObject)
    return { status: 201, object: write.body as object }
  }
  if (write.method === 'DELETE') {
    if (known === undefined) return refusal(404, `"${name}" not found`)
    objects.splice(at, 1)
    return { status: 200, object: known }
  }
  if (write.contentType.startsWith('application/apply-patch')) {
    const object = write.body as ServedObject
    if (known === undefined) objects.push(object)
    else objects[at] = object
    return { status: 200, object }
  }
  if (known === undefined) return refusal(404, `"${name}" not found`)
  const patched = patchObject(structuredClone(known), write)
  if (patched === undefined) return refusal(422, 'the server rejected our request due to an error in our request')
  objects[at] = patched
  return { status: 200, object: patched }
}

/** Sends what came of a write. */
export const answerWrite = (response: ServerResponse, { status, object }: { status: number; object: object }): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(object))
}

const refusal = (status: number, message: string) => ({
  status,
  object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status },
})

const patchObject = (object: ServedObject, { contentType, body }: ApiWrite): ServedObject | undefined => {
  if (contentType.startsWith('application/json-patch')) return jsonPatch(object, body as Operation[])
  if (contentType.startsWith('application/strategic-merge-patch')) return mergeConditions(object, body as StatusPatch)
  return { ...object, ...(body as object) }
}

interface Operation {
  op: 'test' | 'add' | 'remove'
  path: string
  value?: unknown
}

const jsonPatch = (object: ServedObject, operations: readonly Operation[]): ServedObject | undefined =>
  operations.every(operation => applyOperation(object, operation)) ? object : undefined

/** False when the operation fails, and with it the whole patch. */
const applyOperation = (object: ServedObject, { op, path, value }: Operation): boolean => {
  const keys = path.split('/').slice(1)
  const last = keys.pop()?.replaceAll('~1', '/') ?? ''
  const parent = keys.reduce((holder, key) => holder?.[key] as Holder, object as Holder | undefined)
  if (parent === undefined) return false
  if (op === 'test') return JSON.stringify(parent[last] ?? null) === JSON.stringify(value)
  if (op === 'add') {
    parent[last] = value
    return true
  }
  if (!(last in parent)) return false
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete parent[last]
  return true
}

type Holder = Record<string, unknown>

interface StatusPatch {
  metadata?: { uid?: string }
  status: { conditions: { type: string; $patch?: string }[] }
}

const mergeConditions = (object: ServedObject, { metadata, status }: StatusPatch): ServedObject | undefined => {
  if (metadata?.uid !== undefined && metadata.uid !== object.metadata.uid) return undefined
  const changes = new Map(status.conditions.map(condition => [condition.type, condition]))
  const before = (object.status?.conditions ?? []) as { type: string }[]
  const kept = before.filter(({ type }) => !changes.has(type))
  const added = [...changes.values()].filter(({ $patch }) => $patch !== 'delete')
  return { ...object, status: { ...object.status, conditions: [...kept, ...added] } }
}
