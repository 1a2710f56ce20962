import { join } from 'node:path'
import {
  Client,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const PROTOS = join(import.meta.dirname, '../protos')
const FILES = ['cri', 'introspection', 'version', 'containers', 'content', 'images', 'snapshots']
const SERVICES = loadSync(
  FILES.map(name => join(PROTOS, `${name}.proto`)),
  { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true },
)

/** A failed call: gRPC's code and the server's own words. */
export interface CallError {
  code: number
  message: string
}

/** Calls on one unix socket; fields have the names of the proto files, 64-bit numbers are strings. */
export interface GrpcConnection {
  /** Gives the answer; rejects with a ServiceError, after the deadline with code 4. */
  call<T>(method: string, request?: object, deadlineMs?: number): Promise<T>
  /** Gives every message of a stream. */
  stream<T>(method: string, request?: object, deadlineMs?: number): Promise<T[]>
  close(): void
}

/** Connects to a socket when first called; containerd's services are asked about Kubernetes' namespace. */
export function connect(address: string): GrpcConnection {
  const client = new Client(`unix://${address}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 200,
  })
  const metadata = new Metadata()
  metadata.set('containerd-namespace', 'k8s.io')
  return {
    call: <T>(method: string, request = {}, deadlineMs = 60_000) => {
      const { path, requestSerialize, responseDeserialize } = definition(method)
      const options = { deadline: Date.now() + deadlineMs }
      return new Promise<T>((resolve, reject) => {
        client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadata,
          options,
          (error, value) => (error ? reject(error) : resolve(value as T)),
        )
      })
    },
    stream: <T>(method: string, request = {}, deadlineMs = 10_000) => {
      const { path, requestSerialize, responseDeserialize } = definition(method)
      const options = { deadline: Date.now() + deadlineMs }
      const messages: T[] = []
      return new Promise<T[]>((resolve, reject) => {
        client
          .makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata, options)
          .on('data', message => messages.push(message as T))
          .on('end', () => resolve(messages))
          .on('error', reject)
      })
    },
    close: () => client.close(),
  }
}

/** The code and words of a failed call; throws what is no answer of a server. */
export function callError(error: unknown): CallError {
  const { code, details } = error as ServiceError
  if (typeof code !== 'number') throw error
  return { code, message: details }
}

/** `runtime.v1.RuntimeService/Status` → what proto-loader made of it. */
function definition(method: string): MethodDefinition<object, object> {
  const [service = '', name = ''] = method.split('/')
  const found = (SERVICES[service] as ServiceDefinition | undefined)?.[name]
  if (!found) throw new Error(`protos/ has no ${method}`)
  return found as MethodDefinition<object, object>
}
