import { EMPTY, type MessageFields } from './message-fields.ts'
import type { RpcMethod } from './rpc-method.ts'

const STATUS: MessageFields = { 1: ['code', 'int32'], 2: ['message', 'string'] }

const PLUGIN: MessageFields = {
  1: ['type', 'string'],
  2: ['id', 'string'],
  5: ['exports', { map: 'string' }],
  7: ['init_err', { message: STATUS }],
}

/** Plugins of containerd.services.introspection.v1, with the filters that plugins must match one of. */
export const PLUGINS_METHOD: RpcMethod = {
  path: '/containerd.services.introspection.v1.Introspection/Plugins',
  request: { 1: ['filters', { list: 'string' }] },
  response: { 1: ['plugins', { list: { message: PLUGIN } }] },
}

/** Server of containerd.services.introspection.v1; pid and pidns are 0 before containerd 1.7. */
export const SERVER_METHOD: RpcMethod = {
  path: '/containerd.services.introspection.v1.Introspection/Server',
  request: EMPTY,
  response: { 1: ['uuid', 'string'], 2: ['pid', 'int64'], 3: ['pidns', 'int64'] },
}

/** The plugins that say something about snapshotters and CRI, of the dozens that there are. */
export const PLUGIN_FILTERS = [
  'type==io.containerd.snapshotter.v1',
  'type==io.containerd.cri.v1',
  'type==io.containerd.grpc.v1,id==cri',
]
