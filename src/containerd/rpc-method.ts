import type { MessageFields } from './message-fields.ts'

/** A method of a gRPC service: its path, and the fields that are written and read. */
export interface RpcMethod {
  readonly path: `/${string}/${string}`
  readonly request: MessageFields
  readonly response: MessageFields
}
