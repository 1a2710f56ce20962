// A containerd over a unix socket that costs little itself: its answers are bytes made beforehand. It runs in a process of its own, so
// that what the agent uses can be told from what it uses.
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { IMAGE_FS_INFO_METHOD } from '../../../src/containerd/cri-image-service.ts'
import { CRI_STATUS_METHOD } from '../../../src/containerd/cri-runtime-service.ts'
import { decodeMessage } from '../../../src/containerd/decode-message.ts'
import { encodeMessage } from '../../../src/containerd/encode-message.ts'
import { EVENTS_METHOD, SUBJECT_EVENT } from '../../../src/containerd/events-service.ts'
import { PLUGINS_METHOD, SERVER_METHOD } from '../../../src/containerd/introspection-service.ts'
import type { MessageFields } from '../../../src/containerd/message-fields.ts'
import { VERSION_METHOD } from '../../../src/containerd/version-service.ts'
import { addContainer, addImage, type BigNode, bigNode, removeImage, type WireRecord } from './big-node.ts'

/** What the bench asks of it; every order is answered by the same object when it was done. */
export type Order =
  | { readonly kind: 'addContainer'; readonly at: number; readonly snapshotter: string }
  | { readonly kind: 'removeContainer'; readonly id: string }
  | { readonly kind: 'addImage'; readonly at: number; readonly snapshotter: string }
  | { readonly kind: 'removeImage'; readonly at: number }
  | { readonly kind: 'event'; readonly topic: string; readonly subject: string }

const [socket = '', images = '2000', containers = '500', pluginSocket = ''] = process.argv.slice(2)
const node: BigNode = bigNode({ images: Number(images), containers: Number(containers) })

const RECORDS_AT_ONCE = 100
const NOT_FOUND = '5'
const UNIMPLEMENTED = '12'
const SOCI_ROOT = '/var/lib/soci-snapshotter-grpc'

const REQUEST: MessageFields = { 1: ['filters', { list: 'string' }] }
const KEY_REQUEST: MessageFields = { 1: ['key', 'string'] }
const SNAPSHOTS_REQUEST: MessageFields = { 1: ['snapshotter', 'string'], 2: ['key', 'string'] }

const frame = (message: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

const listed = (number: number, records: Iterable<Buffer>): Buffer => {
  const parts: Buffer[] = []
  for (const bytes of records) parts.push(tagged(number, bytes))
  return Buffer.concat(parts)
}

const tagged = (number: number, bytes: Buffer): Buffer => {
  const head: number[] = [number * 8 + 2]
  let rest = bytes.length
  for (; rest > 127; rest >>>= 7) head.push((rest & 127) | 128)
  head.push(rest)
  return Buffer.concat([Buffer.from(head), bytes])
}

function* inParts(number: number, records: readonly WireRecord[]): Generator<Buffer> {
  for (let at = 0; at < records.length; at += RECORDS_AT_ONCE)
    yield listed(
      number,
      records.slice(at, at + RECORDS_AT_ONCE).map(({ bytes }) => bytes),
    )
}

// The forms of filters that are used: a label that is there, a key that is equal.
const filtered = (map: ReadonlyMap<string, WireRecord>, filters: readonly string[]): WireRecord[] => {
  if (filters.length === 0) return [...map.values()]
  const labels = filters.flatMap(filter => /^labels\."([^"]+)"$/.exec(filter)?.[1] ?? [])
  const keys = filters.flatMap(filter => /^(?:digest|name|id)=="?([^"]+)"?$/.exec(filter)?.[1] ?? [])
  if (labels.length === 0) return keys.flatMap(key => map.get(key) ?? [])
  return [...map.values()].filter(({ key, labels: has }) => labels.some(label => label in has) || keys.includes(key))
}

const filtersOf = (request: Buffer): string[] => decodeMessage(request, REQUEST).filters as string[]

const PLUGINS = encodeMessage(
  {
    plugins: [
      { type: 'io.containerd.snapshotter.v1', id: 'overlayfs', exports: { root: '/var/lib/containerd/o' } },
      { type: 'io.containerd.snapshotter.v1', id: 'soci', exports: { root: SOCI_ROOT, address: pluginSocket } },
      { type: 'io.containerd.grpc.v1', id: 'cri', exports: {} },
    ],
  },
  PLUGINS_METHOD.response,
)
const CRI_CONFIG = JSON.stringify({
  containerd: { defaultRuntimeName: 'runc', runtimes: { runc: { runtimeType: 'io.containerd.runc.v2' } } },
})

type Handler = (request: Buffer) => Iterable<Buffer> | string

const one = (map: ReadonlyMap<string, WireRecord>, key: string): Iterable<Buffer> | string => {
  const found = map.get(key)
  return found === undefined ? NOT_FOUND : [tagged(1, found.bytes)]
}

const keyOf = (request: Buffer): string => String(decodeMessage(request, KEY_REQUEST).key)

const HANDLERS: Record<string, Handler> = {
  [PLUGINS_METHOD.path]: () => [PLUGINS],
  [SERVER_METHOD.path]: () => [
    encodeMessage({ uuid: 'uuid-of-the-root', pid: '812', pidns: '1' }, SERVER_METHOD.response),
  ],
  [VERSION_METHOD.path]: () => [encodeMessage({ version: 'v2.1.9' }, VERSION_METHOD.response)],
  [CRI_STATUS_METHOD.path]: () => [encodeMessage({ info: { config: CRI_CONFIG } }, CRI_STATUS_METHOD.response)],
  [IMAGE_FS_INFO_METHOD.path]: () => [
    encodeMessage({ image_filesystems: [{ fs_id: { mountpoint: SOCI_ROOT } }] }, IMAGE_FS_INFO_METHOD.response),
  ],
  '/runtime.v1.RuntimeService/ListPodSandbox': () => [listed(1, node.sandboxes.values())],
  '/containerd.services.images.v1.Images/List': request => [
    listed(
      1,
      filtered(node.images, filtersOf(request)).map(({ bytes }) => bytes),
    ),
  ],
  '/containerd.services.containers.v1.Containers/ListStream': request =>
    filtered(node.containers, filtersOf(request)).map(({ bytes }) => tagged(1, bytes)),
  '/containerd.services.images.v1.Images/Get': request => one(node.images, keyOf(request)),
  '/containerd.services.containers.v1.Containers/Get': request => one(node.containers, keyOf(request)),
  '/containerd.services.content.v1.Content/Info': request => one(node.content, keyOf(request)),
  '/containerd.services.content.v1.Content/List': request => inParts(1, filtered(node.content, filtersOf(request))),
  '/containerd.services.snapshots.v1.Snapshots/List': request =>
    decodeMessage(request, SNAPSHOTS_REQUEST).snapshotter === 'soci' ? inParts(1, [...node.snapshots.values()]) : [],
  '/containerd.services.snapshots.v1.Snapshots/Stat': request => {
    const { snapshotter, key } = decodeMessage(request, SNAPSHOTS_REQUEST)
    return snapshotter === 'soci' ? one(node.snapshots, String(key)) : NOT_FOUND
  },
}

const followers = new Set<ServerHttp2Stream>()

const answer = async (stream: ServerHttp2Stream, path: string, request: Buffer): Promise<void> => {
  const handler = HANDLERS[path]
  const answered = handler === undefined ? UNIMPLEMENTED : handler(request)
  const [status, messages]: [string, Iterable<Buffer>] = typeof answered === 'string' ? [answered, []] : ['0', answered]
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'grpc-message': '' }))
  for (const message of messages)
    if (!stream.write(frame(message))) await new Promise(resolve => stream.once('drain', resolve))
  stream.end()
}

const onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
  const path = String(headers[':path'])
  stream.on('error', () => {})
  if (path === EVENTS_METHOD.path) {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    followers.add(stream)
    stream.on('close', () => followers.delete(stream))
    return
  }
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => void answer(stream, path, Buffer.concat(chunks).subarray(5)))
}

// The plugin is one more socket of the same process.
const listen = (path: string): Promise<unknown> =>
  new Promise(resolve =>
    createServer()
      .on('stream', onStream)
      .listen(path, () => resolve(path)),
  )
await Promise.all([socket, pluginSocket].filter(path => path !== '').map(listen))
process.send?.('ready')

const obey = (order: Order): unknown => {
  switch (order.kind) {
    case 'addContainer':
      return addContainer(node, order.at, order.snapshotter)
    case 'removeContainer':
      return node.containers.delete(order.id) && node.snapshots.delete(order.id)
    case 'addImage':
      return addImage(node, order.at, order.snapshotter)
    case 'removeImage':
      return removeImage(node, order.at)
    case 'event': {
      const event = { type_url: '', value: encodeMessage({ subject: order.subject }, SUBJECT_EVENT) }
      const message = { namespace: 'k8s.io', topic: order.topic, event }
      for (const stream of followers) stream.write(frame(encodeMessage(message, EVENTS_METHOD.response)))
      return followers.size
    }
  }
}

process.on('message', (order: Order) => process.send?.({ order, done: obey(order) }))
process.on('disconnect', () => process.exit())
