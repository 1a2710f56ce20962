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

/** The first field of every event of images, containers, snapshots and blobs says which one it is about: its name, ID, key or digest. */
export const SUBJECT_EVENT: MessageFields = { 1: ['subject', 'string'] }
