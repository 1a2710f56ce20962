import { type MessageFields, TIMESTAMP } from './message-fields.ts'
import type { RpcMethod } from './rpc-method.ts'

const ANY: MessageFields = { 1: ['type_url', 'string'], 2: ['value', 'bytes'] }

/** Subscribe of containerd.services.events.v1; filters are alternatives, and the commas within one mean "and". */
export const EVENTS_METHOD: RpcMethod = {
  path: '/containerd.services.events.v1.Events/Subscribe',
  request: { 1: ['filters', { list: 'string' }] },
  response: {
    1: ['timestamp', TIMESTAMP],
    2: ['namespace', 'string'],
    3: ['topic', 'string'],
    4: ['event', { message: ANY }],
  },
}

/** SnapshotPrepare of containerd.events: it names the snapshotter from containerd 1.7. */
export const SNAPSHOT_EVENT: MessageFields = {
  1: ['key', 'string'],
  2: ['parent', 'string'],
  5: ['snapshotter', 'string'],
}
