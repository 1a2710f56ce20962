import { type MessageFields, TIMESTAMP } from './message-fields.ts'
import type { RpcMethod } from './rpc-method.ts'

/** A blob and the labels by which the garbage collector ties it to others. */
export const BLOB: MessageFields = {
  1: ['digest', 'string'],
  3: ['created_at', TIMESTAMP],
  5: ['labels', { map: 'string', keep: ['containerd.io/gc.ref.'] }],
}

/** Info of containerd.services.content.v1. */
export const BLOB_METHOD: RpcMethod = {
  path: '/containerd.services.content.v1.Content/Info',
  request: { 1: ['digest', 'string'] },
  response: { 1: ['info', { message: BLOB }] },
}

/** List of containerd.services.content.v1, in messages of about a hundred blobs. */
export const CONTENT_METHOD: RpcMethod = {
  path: '/containerd.services.content.v1.Content/List',
  request: { 1: ['filters', { list: 'string' }] },
  response: { 1: ['info', { list: { message: BLOB } }] },
}
