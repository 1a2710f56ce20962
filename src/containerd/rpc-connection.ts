// One connection to a gRPC server on a unix socket. Every call has a deadline, and an error is a value: that a daemon does not know a
// method, hangs or has gone is a fact about it.

import {
  type CallOptions,
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import type { CallError } from '../report/facts/observation.ts'
import { decodeMessage, type IsWanted } from './decode-message.ts'
import { encodeMessage } from './encode-message.ts'
import type { RpcMethod } from './rpc-method.ts'

/** A record that was decoded. */
export type RpcMessage = Readonly<Record<string, unknown>>

/** What a call may take, and what ends it early. */
export interface RpcOptions {
  readonly deadlineMs: number
  readonly signal?: AbortSignal | undefined
}

/** What becomes of a stream that has no end of its own. */
export interface StreamListener {
  onMessage(message: RpcMessage): void
  /** The stream has ended, for whatever reason; called once, and not after an abort. */
  onEnd(error: CallError): void
}

/** A connection that is made when it is needed, and again when it broke. */
export interface RpcConnection {
  /** The answer to one request, or the error in its place; never rejects. */
  unary(method: RpcMethod, request: RpcMessage, options: RpcOptions): Promise<RpcMessage | CallError>
  /** Every message of a stream that ends by itself, in its lists only the records that are wanted, or the error in their place. */
  collect(
    method: RpcMethod,
    request: RpcMessage,
    options: RpcOptions,
    isWanted?: IsWanted,
  ): Promise<readonly RpcMessage[] | CallError>
  /** Follows a stream until it ends or the signal is aborted. */
  follow(method: RpcMethod, request: RpcMessage, listener: StreamListener, signal: AbortSignal): void
  close(): void
}

// A node with thousands of images answers with some megabytes; beyond this something else is wrong, and memory is bounded.
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024
const MAX_STREAM_MESSAGES = 200_000

// grpc-js waits a second at first and up to two minutes; containerd is back in two seconds, and a report depends on it. The backoff
// has a jitter of its own (20 %).
const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2000,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_retries': 0,
  'grpc.default_authority': 'localhost',
}

/** A connection to the socket; nothing is dialled before the first call. */
export const createRpcConnection = (socketPath: string, namespace?: string): RpcConnection => {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure(), CHANNEL_OPTIONS)
  const metadata = new Metadata()
  if (namespace !== undefined) metadata.set('containerd-namespace', namespace)
  const encode = (method: RpcMethod) => (request: RpcMessage) => encodeMessage(request, method.request)
  const decode = (method: RpcMethod, isWanted?: IsWanted) => (bytes: Buffer) =>
    decodeMessage(bytes, method.response, isWanted)

  const open = (
    method: RpcMethod,
    request: RpcMessage,
    options: CallOptions,
    isWanted?: IsWanted,
  ): ClientReadableStream<RpcMessage> =>
    client.makeServerStreamRequest(method.path, encode(method), decode(method, isWanted), request, metadata, options)

  return {
    unary: (method, request, { deadlineMs, signal }) =>
      new Promise(resolve => {
        const deadline = Date.now() + deadlineMs
        const call = client.makeUnaryRequest(
          method.path,
          encode(method),
          decode(method),
          request,
          metadata,
          { deadline },
          (error, answer) => {
            release()
            resolve(error === null ? (answer ?? {}) : callError(error))
          },
        )
        const release = cancelOnAbort(call, signal)
      }),
    collect: (method, request, { deadlineMs, signal }, isWanted) =>
      new Promise(resolve => {
        const messages: RpcMessage[] = []
        const call = open(method, request, { deadline: Date.now() + deadlineMs }, isWanted)
        const release = cancelOnAbort(call, signal)
        call.on('data', (message: RpcMessage) => {
          messages.push(message)
          if (messages.length > MAX_STREAM_MESSAGES) call.cancel()
        })
        call.on('error', (error: ServiceError) => {
          release()
          resolve(callError(error))
        })
        call.on('end', () => {
          release()
          resolve(messages)
        })
      }),
    follow: (method, request, { onMessage, onEnd }, signal) => {
      const call = open(method, request, {})
      let isOver = false
      const end = (error: CallError): void => {
        if (isOver) return
        isOver = true
        release()
        if (!signal.aborted) onEnd(error)
      }
      const release = cancelOnAbort(call, signal)
      call.on('data', onMessage)
      call.on('error', (error: ServiceError) => end(callError(error)))
      call.on('end', () => end({ code: status.UNAVAILABLE, message: 'the stream was ended' }))
    },
    close: () => client.close(),
  }
}

const callError = ({ code, details, message }: ServiceError): CallError => ({
  code: code ?? status.UNKNOWN,
  // grpc-js ends a failure to connect with the empty remarks of a resolver that has nothing to resolve.
  message: (details || message).replace(/\.? *Resolution note: *$/, ''),
})

const cancelOnAbort = (call: { cancel(): void }, signal: AbortSignal | undefined): (() => void) => {
  const cancel = (): void => call.cancel()
  if (signal?.aborted) cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  return () => signal?.removeEventListener('abort', cancel)
}
