// The part of an API server's PATCH that marks on Nodes need: JSON patches with tests, and conditions that merge by type.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { statusOf } from './fake-api-collection.ts'
import { FAKE_PATHS, type FakeApiServer } from './fake-api-server.ts'

/** A Node as a test reads it. */
export interface FakeNode {
  metadata: { name: string; uid: string; labels?: Record<string, string>; resourceVersion: string }
  spec: { taints?: FakeTaint[] }
  status: { conditions?: FakeCondition[]; [field: string]: unknown }
}

/** A taint, with whatever others put on it. */
export interface FakeTaint {
  key: string
  value?: string
  effect: string
  timeAdded?: string
}

/** A condition of a Node. */
export interface FakeCondition {
  type: string
  status: string
  reason: string
  message: string
  lastHeartbeatTime?: string
  lastTransitionTime?: string
}

/** One patch as it came, and its answer. */
export interface SeenPatch {
  readonly name: string
  readonly part: 'node' | 'status'
  readonly code: number
  readonly atMs: number
}

/** An operation of a JSON patch. */
export interface Operation {
  op: string
  path: string
  value?: unknown
}

const PATH = new RegExp(`^${FAKE_PATHS.nodes}/([^/?]+)(/status)?(?:\\?|$)`)

/** Serves patches of Nodes from now on; returns what came. `before` may answer a patch itself, or change things first. */
export const servePatches = (
  server: FakeApiServer,
  before: (name: string, part: SeenPatch['part'], response: ServerResponse) => boolean = () => false,
): SeenPatch[] => {
  const seen: SeenPatch[] = []
  server.intercept = (request, response) => {
    const match = PATH.exec(request.url ?? '')
    if (request.method !== 'PATCH' || match === null) return false
    const name = decodeURIComponent(match[1] ?? '')
    const part = match[2] === undefined ? 'node' : 'status'
    response.once('finish', () => seen.push({ name, part, code: response.statusCode, atMs: performance.now() }))
    void answer(server, { name, part }, request, response, before)
    return true
  }
  return seen
}

/** A Node as the server has it now. */
export const nodeNow = (server: FakeApiServer, name: string): FakeNode => {
  const found = server.nodes.get(name)
  if (found === undefined) throw new Error(`there is no node ${name}`)
  return JSON.parse(found)
}

const answer = async (
  server: FakeApiServer,
  { name, part }: Pick<SeenPatch, 'name' | 'part'>,
  request: IncomingMessage,
  response: ServerResponse,
  before: (name: string, part: SeenPatch['part'], response: ServerResponse) => boolean,
): Promise<void> => {
  const body = (await json(request)) as never
  if (before(name, part, response)) return
  const text = server.nodes.get(name)
  const refuse = (code: number, reason: string, message: string): void => {
    response.writeHead(code, { 'content-type': 'application/json' })
    response.end(statusOf(code, reason, message))
  }
  if (text === undefined) return refuse(404, 'NotFound', `nodes "${name}" not found`)
  const node = JSON.parse(text) as FakeNode
  const problem = part === 'node' ? jsonPatch(node, body) : statusPatch(node, body)
  if (problem !== null) return refuse(problem.code, problem.reason, problem.message)
  server.nodes.put(node as never)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ kind: 'PartialObjectMetadata', metadata: nodeNow(server, name).metadata }))
}

/** Why a patch is refused. */
export interface Refusal {
  readonly code: number
  readonly reason: string
  readonly message: string
}

const UNPROCESSABLE = { code: 422, reason: 'Invalid' } as const

/** Changes the Node as a JSON patch says, or tells why it is refused; a Node that was refused is of no use any more. */
export const jsonPatch = (node: FakeNode, operations: readonly Operation[]): Refusal | null => {
  for (const { op, path, value } of operations) {
    const keys = path.split('/').slice(1)
    const last = unescapeKey(keys.pop() ?? '')
    const parent = keys.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | undefined)?.[unescapeKey(key)],
      node,
    )
    if (typeof parent !== 'object' || parent === null) return { ...UNPROCESSABLE, message: `${path}: missing` }
    if (!applied(parent, last, op, value)) return { ...UNPROCESSABLE, message: `${op} ${path} failed` }
  }
  const keys = (node.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`)
  if (new Set(keys).size < keys.length) return { ...UNPROCESSABLE, message: 'spec.taints: Duplicate value' }
  if (node.spec.taints?.length === 0) delete node.spec.taints
  return null
}

const unescapeKey = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~')

const applied = (parent: object, key: string, op: string, value: unknown): boolean => {
  const fields = parent as Record<string, unknown>
  if (op === 'test') return JSON.stringify(fields[key] ?? null) === JSON.stringify(value)
  if (Array.isArray(parent)) return appliedToList(parent, key, op, value)
  if (op === 'remove') return key in fields && delete fields[key]
  fields[key] = value
  return true
}

const appliedToList = (list: unknown[], key: string, op: string, value: unknown): boolean => {
  const place = key === '-' ? list.length : Number(key)
  if (place > list.length - (op === 'remove' ? 1 : 0)) return false
  list.splice(place, op === 'remove' ? 1 : 0, ...(op === 'remove' ? [] : [value]))
  return true
}

/** A patch of conditions. */
export interface StatusPatch {
  metadata?: { uid?: string }
  status: { conditions: (FakeCondition & { $patch?: string })[] }
}

/** The same for the conditions of a strategic merge patch. */
export const statusPatch = (node: FakeNode, { metadata, status }: StatusPatch): Refusal | null => {
  if (metadata?.uid !== undefined && metadata.uid !== node.metadata.uid)
    return { code: 409, reason: 'Conflict', message: 'Precondition failed: UID in precondition' }
  for (const { $patch, ...condition } of status.conditions) {
    const others = (node.status.conditions ?? []).filter(({ type }) => type !== condition.type)
    const known = node.status.conditions?.find(({ type }) => type === condition.type)
    node.status.conditions = $patch === 'delete' ? others : [...others, { ...known, ...condition }]
  }
  return null
}
