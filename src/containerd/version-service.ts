import { EMPTY } from './message-fields.ts'
import type { RpcMethod } from './rpc-method.ts'

/** Version of containerd.services.version.v1. */
export const VERSION_METHOD: RpcMethod = {
  path: '/containerd.services.version.v1.Version/Version',
  request: EMPTY,
  response: { 1: ['version', 'string'], 2: ['revision', 'string'] },
}
