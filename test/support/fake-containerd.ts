import { rm } from 'node:fs/promises'
import { type Metadata, Server, ServerCredentials, status, type UntypedHandleCall } from '@grpc/grpc-js'
import { CONTAINER_METHOD, CONTAINERS_METHOD } from '../../src/containerd/containers-service.ts'
import { BLOB_METHOD, CONTENT_METHOD } from '../../src/containerd/content-service.ts'
import { IMAGE_FS_INFO_METHOD } from '../../src/containerd/cri-image-service.ts'
import { CRI_STATUS_METHOD, POD_SANDBOXES_METHOD } from '../../src/containerd/cri-runtime-service.ts'
import { decodeMessage } from '../../src/containerd/decode-message.ts'
import { encodeMessage } from '../../src/containerd/encode-message.ts'
import { EVENTS_METHOD, SUBJECT_EVENT } from '../../src/containerd/events-service.ts'
import { IMAGE_METHOD, IMAGES_METHOD } from '../../src/containerd/images-service.ts'
import { PLUGINS_METHOD, SERVER_METHOD } from '../../src/containerd/introspection-service.ts'
import type { RpcMethod } from '../../src/containerd/rpc-method.ts'
import { SNAPSHOT_METHOD, SNAPSHOTS_METHOD } from '../../src/containerd/snapshots-service.ts'
import { VERSION_METHOD } from '../../src/containerd/version-service.ts'
import { CALLS, snapshotsCall } from '../../src/report/facts/calls.ts'
import { isCallError } from '../../src/report/facts/observation.ts'
import { listIn } from '../../src/report/facts/raw-fields.ts'

type Message = Record<string, unknown>

/** In the place of an answer: the call is never answered. */
export const HANGS = Symbol('a call that is never answered')

/** A containerd, or a snapshotter plugin, that answers what an observation says. */
export interface FakeContainerd {
  /** What is answered, by call; can be changed while it runs. A call that is not there is UNIMPLEMENTED. */
  readonly answers: Record<string, unknown>
  /** Every call that came, as its path and the containerd-namespace of its metadata. */
  readonly calls: string[]
  /** How many are following events. */
  followers(): number
  /** An event about the container, image, snapshot or blob; without one it does not say which. */
  emit(topic: string, subject?: string): void
  /** Ends it as a killed process ends: every connection breaks. */
  stop(): Promise<void>
}

type Shape = (answer: unknown, request: Message) => Message[]

interface ServerCall {
  readonly request: Message
  readonly metadata: Metadata
}

interface StreamCall extends ServerCall {
  write(message: Message): void
  end(): void
  emit(event: 'error', error: unknown): void
  on(event: 'cancelled' | 'close', listener: () => void): void
}

// containerd sends this many records in a message.
const RECORDS_AT_ONCE = 100

/** Starts one on a unix socket. */
export const startFakeContainerd = async (
  socketPath: string,
  answers: Record<string, unknown>,
): Promise<FakeContainerd> => {
  const server = new Server()
  const calls: string[] = []
  const followers = new Set<StreamCall>()
  const note = (method: RpcMethod, { metadata }: ServerCall): void => {
    calls.push([method.path, ...metadata.get('containerd-namespace')].join(' '))
  }

  const answerTo = (name: string): unknown =>
    Object.hasOwn(answers, name) ? answers[name] : { code: status.UNIMPLEMENTED, message: `unknown method ${name}` }

  const add = (method: RpcMethod, isStream: boolean, handler: unknown): void => {
    const [, service = '', name = ''] = method.path.split('/')
    const definition = {
      path: method.path,
      requestStream: false,
      responseStream: isStream,
      requestSerialize: (message: Message) => encodeMessage(message, method.request),
      requestDeserialize: (bytes: Buffer) => decodeMessage(bytes, method.request),
      responseSerialize: (message: Message) => encodeMessage(message, method.response),
      responseDeserialize: (bytes: Buffer) => decodeMessage(bytes, method.response),
    }
    server.addService({ [`${service}/${name}`]: definition }, { [`${service}/${name}`]: handler as UntypedHandleCall })
  }

  const unary = (method: RpcMethod, name: string, shape = (answer: unknown) => answer as Message): void =>
    add(method, false, (call: ServerCall, reply: (error: unknown, answer?: Message) => void) => {
      note(method, call)
      const answer = answerTo(name)
      if (answer === HANGS) return
      if (isCallError(answer)) reply({ code: answer.code, details: answer.message })
      else reply(null, shape(answer))
    })

  const stream = (method: RpcMethod, nameOf: (request: Message) => string, shape: Shape): void =>
    add(method, true, (call: StreamCall) => {
      note(method, call)
      const answer = answerTo(nameOf(call.request))
      if (answer === HANGS) return
      if (isCallError(answer)) {
        call.emit('error', { code: answer.code, details: answer.message })
        return
      }
      for (const message of shape(answer, call.request)) call.write(message)
      call.end()
    })

  const one = (
    method: RpcMethod,
    nameOf: (request: Message) => string,
    list: string,
    field: string,
    key: string,
    asked = key,
  ): void =>
    add(method, false, (call: ServerCall, reply: (error: unknown, answer?: Message) => void) => {
      note(method, call)
      const answer = answerTo(nameOf(call.request))
      if (answer === HANGS) return
      if (isCallError(answer)) {
        reply({ code: answer.code, details: answer.message })
        return
      }
      const found = (listIn(answer, list) as Message[]).find(record => record[key] === call.request[asked])
      if (found === undefined) reply({ code: status.NOT_FOUND, details: 'not found' })
      else reply(null, { [field]: found })
    })

  unary(VERSION_METHOD, CALLS.version)
  unary(SERVER_METHOD, CALLS.server)
  unary(PLUGINS_METHOD, CALLS.plugins)
  unary(CRI_STATUS_METHOD, CALLS.criStatus)
  unary(POD_SANDBOXES_METHOD, CALLS.podSandboxes)
  unary(IMAGE_FS_INFO_METHOD, CALLS.imageFs)
  unary(IMAGES_METHOD, CALLS.images)
  stream(
    CONTAINERS_METHOD,
    () => CALLS.containers,
    answer => (answer as { containers: Message[] }).containers.map(container => ({ container })),
  )
  stream(
    CONTENT_METHOD,
    () => CALLS.content,
    (answer, { filters }) => inParts(filtered(answer, filters as string[])),
  )
  stream(SNAPSHOTS_METHOD, ({ snapshotter }) => snapshotsCall(String(snapshotter)), inParts)
  one(CONTAINER_METHOD, () => CALLS.containers, 'containers', 'container', 'id')
  one(IMAGE_METHOD, () => CALLS.images, 'images', 'image', 'name')
  one(BLOB_METHOD, () => CALLS.content, 'info', 'info', 'digest')
  one(SNAPSHOT_METHOD, ({ snapshotter }) => snapshotsCall(String(snapshotter)), 'info', 'info', 'name', 'key')
  add(EVENTS_METHOD, true, (call: StreamCall) => {
    note(EVENTS_METHOD, call)
    followers.add(call)
    call.on('cancelled', () => followers.delete(call))
  })

  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), error =>
      error ? reject(error) : resolve(),
    )
  })
  return {
    answers,
    calls,
    followers: () => followers.size,
    emit: (topic, subject = '') => {
      const value = encodeMessage({ subject }, SUBJECT_EVENT)
      for (const call of followers) call.write({ namespace: 'k8s.io', topic, event: { type_url: '', value } })
    },
    stop: async () => {
      server.forceShutdown()
      await rm(socketPath, { force: true })
    },
  }
}

const inParts = (answer: unknown): Message[] => {
  const records = answer as Message[]
  const parts = Math.ceil(records.length / RECORDS_AT_ONCE)
  return Array.from({ length: parts }, (_, at) => ({
    info: records.slice(at * RECORDS_AT_ONCE, (at + 1) * RECORDS_AT_ONCE),
  }))
}

// The two forms of containerd's filters that are used: a label that is there, and a digest; any of them will do.
const filtered = (answer: unknown, filters: readonly string[]): Message[] =>
  (answer as { digest: string; labels: object }[]).filter(
    ({ digest, labels }) =>
      filters.length === 0 ||
      filters.some(filter => {
        const label = /^labels\."([^"]+)"$/.exec(filter)?.[1]
        return label === undefined ? filter === `digest==${digest}` : Object.hasOwn(labels, label)
      }),
  )
