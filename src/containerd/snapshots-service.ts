import { type MessageFields, TIMESTAMP } from './message-fields.ts'
import type { RpcMethod } from './rpc-method.ts'

/** A snapshot, with the labels that show whether the snapshotter was told what it is to load. */
export const SNAPSHOT: MessageFields = {
  1: ['name', 'string'],
  3: ['kind', { enum: ['UNKNOWN', 'VIEW', 'ACTIVE', 'COMMITTED'] }],
  4: ['created_at', TIMESTAMP],
  6: ['labels', { map: 'string', keep: ['containerd.io/snapshot/cri.image-ref', 'containerd.io/snapshot/remote'] }],
}

/** Stat of containerd.services.snapshots.v1. */
export const SNAPSHOT_METHOD: RpcMethod = {
  path: '/containerd.services.snapshots.v1.Snapshots/Stat',
  request: { 1: ['snapshotter', 'string'], 2: ['key', 'string'] },
  response: { 1: ['info', { message: SNAPSHOT }] },
}

/** List of containerd.services.snapshots.v1, which containerd and a snapshotter's own socket both serve. */
export const SNAPSHOTS_METHOD: RpcMethod = {
  path: '/containerd.services.snapshots.v1.Snapshots/List',
  request: { 1: ['snapshotter', 'string'], 2: ['filters', { list: 'string' }] },
  response: { 1: ['info', { list: { message: SNAPSHOT } }] },
}
