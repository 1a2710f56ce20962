import { EMPTY, type MessageFields } from './message-fields.ts'
import type { RpcMethod } from './rpc-method.ts'

const FILESYSTEM: MessageFields = {
  1: ['timestamp', 'int64'],
  2: ['fs_id', { message: { 1: ['mountpoint', 'string'] } }],
}

/** ImageFsInfo of runtime.v1.ImageService: the root of the default snapshotter comes first. */
export const IMAGE_FS_INFO_METHOD: RpcMethod = {
  path: '/runtime.v1.ImageService/ImageFsInfo',
  request: EMPTY,
  response: {
    1: ['image_filesystems', { list: { message: FILESYSTEM } }],
    2: ['container_filesystems', { list: { message: FILESYSTEM } }],
  },
}
