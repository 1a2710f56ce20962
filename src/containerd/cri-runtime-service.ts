import type { MessageFields } from './message-fields.ts'
import type { RpcMethod } from './rpc-method.ts'

const CONDITION: MessageFields = {
  1: ['type', 'string'],
  2: ['status', 'bool'],
  3: ['reason', 'string'],
  4: ['message', 'string'],
}

const POD_SANDBOX: MessageFields = {
  1: ['id', 'string'],
  2: ['metadata', { message: { 1: ['name', 'string'], 2: ['uid', 'string'], 3: ['namespace', 'string'] } }],
  3: ['state', { enum: ['SANDBOX_READY', 'SANDBOX_NOTREADY'] }],
  7: ['runtime_handler', 'string'],
}

/** Status of runtime.v1.RuntimeService; verbose tells CRI's configuration as JSON in info.config. */
export const CRI_STATUS_METHOD: RpcMethod = {
  path: '/runtime.v1.RuntimeService/Status',
  request: { 1: ['verbose', 'bool'] },
  response: {
    1: ['status', { message: { 1: ['conditions', { list: { message: CONDITION } }] } }],
    2: ['info', { map: 'string', keep: ['config'] }],
    3: ['runtime_handlers', { list: { message: { 1: ['name', 'string'] } } }],
  },
}

/** ListPodSandbox of runtime.v1.RuntimeService: which runtime handler a sandbox has. */
export const POD_SANDBOXES_METHOD: RpcMethod = {
  path: '/runtime.v1.RuntimeService/ListPodSandbox',
  request: {},
  response: { 1: ['items', { list: { message: POD_SANDBOX } }] },
}
