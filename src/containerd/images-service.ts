import type { MessageFields } from './message-fields.ts'
import type { RpcMethod } from './rpc-method.ts'

/** An image under one of its names. */
export const IMAGE: MessageFields = {
  1: ['name', 'string'],
  2: ['labels', { map: 'string', keep: ['io.cri-containerd.'] }],
  3: ['target', { message: { 2: ['digest', 'string'] } }],
}

/** Get of containerd.services.images.v1. */
export const IMAGE_METHOD: RpcMethod = {
  path: '/containerd.services.images.v1.Images/Get',
  request: { 1: ['name', 'string'] },
  response: { 1: ['image', { message: IMAGE }] },
}

/** List of containerd.services.images.v1. */
export const IMAGES_METHOD: RpcMethod = {
  path: '/containerd.services.images.v1.Images/List',
  request: { 1: ['filters', { list: 'string' }] },
  response: { 1: ['images', { list: { message: IMAGE } }] },
}
