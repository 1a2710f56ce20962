import { type CallError, isCallError } from '../report/facts/observation.ts'
import { CONTAINER_METHOD, CONTAINERS_METHOD } from './containers-service.ts'
import { BLOB_METHOD, CONTENT_METHOD } from './content-service.ts'
import { IMAGE_FS_INFO_METHOD } from './cri-image-service.ts'
import { CRI_STATUS_METHOD, POD_SANDBOXES_METHOD } from './cri-runtime-service.ts'
import { decodeMessage, type IsWanted } from './decode-message.ts'
import { EVENTS_METHOD, SUBJECT_EVENT } from './events-service.ts'
import { IMAGE_METHOD, IMAGES_METHOD } from './images-service.ts'
import { PLUGIN_FILTERS, PLUGINS_METHOD, SERVER_METHOD } from './introspection-service.ts'
import { createRpcConnection, type RpcMessage, type RpcOptions } from './rpc-connection.ts'
import type { RpcMethod } from './rpc-method.ts'
import { SNAPSHOT_METHOD, SNAPSHOTS_METHOD } from './snapshots-service.ts'
import { VERSION_METHOD } from './version-service.ts'

/** The namespace in which CRI keeps everything; other ones, as Docker's moby, are none of ours. */
export const CRI_NAMESPACE = 'k8s.io'

/** The answer to a call, or the error in its place. */
export type Answer<Value> = Value | CallError

/** One of containerd's events. */
export interface ContainerdEvent {
  /** For example /images/create. */
  readonly topic: string
  /** The container's ID, the image's name, the snapshot's key or the blob's digest. */
  readonly subject: string
}

/** What becomes of the stream of events. */
export interface EventListener {
  onEvent(event: ContainerdEvent): void
  /** There is nothing more to come; called at most once, and not after an abort. */
  onLost(error: CallError): void
}

/** Reads of containerd and its CRI; each resolves, with an error where there is no answer. */
export interface ContainerdClient {
  version(options: RpcOptions): Promise<Answer<RpcMessage>>
  server(options: RpcOptions): Promise<Answer<RpcMessage>>
  plugins(options: RpcOptions): Promise<Answer<RpcMessage>>
  criStatus(options: RpcOptions): Promise<Answer<RpcMessage>>
  podSandboxes(options: RpcOptions): Promise<Answer<RpcMessage>>
  imageFsInfo(options: RpcOptions): Promise<Answer<RpcMessage>>
  containers(options: RpcOptions): Promise<Answer<RpcMessage>>
  images(options: RpcOptions): Promise<Answer<RpcMessage>>
  /** The blobs that one of the filters applies to, all of them without filters, and of these the ones that are wanted. */
  content(filters: readonly string[], options: RpcOptions, isWanted?: IsWanted): Promise<Answer<readonly unknown[]>>
  /** The snapshots of a snapshotter whose names are wanted. */
  snapshots(snapshotter: string, isWanted: IsWanted, options: RpcOptions): Promise<Answer<readonly unknown[]>>
  /** One container, image, blob or snapshot; null when there is none. */
  container(id: string, options: RpcOptions): Promise<Answer<unknown>>
  image(name: string, options: RpcOptions): Promise<Answer<unknown>>
  blob(digest: string, options: RpcOptions): Promise<Answer<unknown>>
  snapshot(snapshotter: string, key: string, options: RpcOptions): Promise<Answer<unknown>>
  /** Tells one containerd process from another by root, process and pid namespace; these are 0 before 1.7. */
  session(options: RpcOptions): Promise<Answer<{ readonly uuid: string; readonly pid: number; readonly pidns: string }>>
  /** Follows what happens to images, containers, snapshots and blobs of CRI until the signal is aborted. */
  events(signal: AbortSignal, listener: EventListener): void
  close(): void
}

const NOT_FOUND = 5

const EVENT_FILTER = `namespace==${CRI_NAMESPACE},topic~="^/(images|containers|snapshot|content)/"`

/** A client of the containerd whose socket is at the path. */
export const createContainerdClient = ({ address }: { readonly address: string }): ContainerdClient => {
  const connection = createRpcConnection(address, CRI_NAMESPACE)
  const { unary, collect } = connection
  const one = async (method: RpcMethod, request: RpcMessage, field: string, options: RpcOptions) => {
    const answer = await unary(method, request, options)
    if (!isCallError(answer)) return answer[field]
    return answer.code === NOT_FOUND ? null : answer
  }
  return {
    version: options => unary(VERSION_METHOD, {}, options),
    server: options => unary(SERVER_METHOD, {}, options),
    plugins: options => unary(PLUGINS_METHOD, { filters: PLUGIN_FILTERS }, options),
    criStatus: options => unary(CRI_STATUS_METHOD, { verbose: true }, options),
    podSandboxes: options => unary(POD_SANDBOXES_METHOD, {}, options),
    imageFsInfo: options => unary(IMAGE_FS_INFO_METHOD, {}, options),
    containers: async options => {
      const answer = await collect(CONTAINERS_METHOD, {}, options)
      return isCallError(answer) ? answer : { containers: answer.map(({ container }) => container) }
    },
    images: options => unary(IMAGES_METHOD, {}, options),
    content: async (filters, options, isWanted) =>
      infoOf(await collect(CONTENT_METHOD, { filters }, options, isWanted)),
    snapshots: async (snapshotter, isWanted, options) =>
      infoOf(await collect(SNAPSHOTS_METHOD, { snapshotter }, options, isWanted)),
    container: (id, options) => one(CONTAINER_METHOD, { id }, 'container', options),
    image: (name, options) => one(IMAGE_METHOD, { name }, 'image', options),
    blob: (digest, options) => one(BLOB_METHOD, { digest }, 'info', options),
    snapshot: (snapshotter, key, options) => one(SNAPSHOT_METHOD, { snapshotter, key }, 'info', options),
    session: async options => {
      const answer = await unary(SERVER_METHOD, {}, options)
      if (isCallError(answer)) return answer
      return { uuid: String(answer.uuid), pid: Number(answer.pid), pidns: String(answer.pidns) }
    },
    events: (signal, { onEvent, onLost }) =>
      connection.follow(
        EVENTS_METHOD,
        { filters: [EVENT_FILTER] },
        { onMessage: message => onEvent(eventOf(message)), onEnd: onLost },
        signal,
      ),
    close: connection.close,
  }
}

const infoOf = (answer: readonly RpcMessage[] | CallError): Answer<readonly unknown[]> =>
  isCallError(answer) ? answer : answer.flatMap(({ info }) => info as unknown[])

const eventOf = ({ topic, event }: RpcMessage): ContainerdEvent => {
  const bytes = (event as RpcMessage | null)?.value as Buffer | undefined
  return {
    topic: String(topic),
    subject: bytes === undefined ? '' : String(decodeMessage(bytes, SUBJECT_EVENT).subject),
  }
}
