import { type MessageFields, TIMESTAMP } from './message-fields.ts'
import type { RpcMethod } from './rpc-method.ts'

/** A container; its spec and its extensions are what makes it large, and are not read. */
export const CONTAINER: MessageFields = {
  1: ['id', 'string'],
  2: ['labels', { map: 'string', keep: ['io.cri-containerd.', 'io.kubernetes.pod.', 'io.kubernetes.container.name'] }],
  3: ['image', 'string'],
  6: ['snapshotter', 'string'],
  7: ['snapshot_key', 'string'],
  8: ['created_at', TIMESTAMP],
  11: ['sandbox', 'string'],
}

/** Get of containerd.services.containers.v1. */
export const CONTAINER_METHOD: RpcMethod = {
  path: '/containerd.services.containers.v1.Containers/Get',
  request: { 1: ['id', 'string'] },
  response: { 1: ['container', { message: CONTAINER }] },
}

/** ListStream of containerd.services.containers.v1: a message for each container, however many there are. */
export const CONTAINERS_METHOD: RpcMethod = {
  path: '/containerd.services.containers.v1.Containers/ListStream',
  request: { 1: ['filters', { list: 'string' }] },
  response: { 1: ['container', { message: CONTAINER }] },
}
