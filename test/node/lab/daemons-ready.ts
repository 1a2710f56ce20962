import { callError, connect } from './grpc-connection.ts'

const UNIMPLEMENTED = 12

/**
 * Whether CRI has read its pods: until then it says `server is not initialized yet`, with code 2 before containerd 2 and 14 since. A
 * configuration without CRI counts as done.
 */
export async function criInitialized(containerdAddress: string): Promise<boolean> {
  return [0, UNIMPLEMENTED].includes(await codeOf(containerdAddress, 'call', 'runtime.v1.RuntimeService/Status'))
}

/** Whether containerd reaches SOCI: after a lost connection it waits a second and more before it tries again. */
export async function sociFound(containerdAddress: string): Promise<boolean> {
  const method = 'containerd.services.snapshots.v1.Snapshots/List'
  return (await codeOf(containerdAddress, 'stream', method, { snapshotter: 'soci' })) === 0
}

async function codeOf(address: string, kind: 'call' | 'stream', method: string, request: object = {}): Promise<number> {
  const connection = connect(address)
  try {
    await connection[kind](method, request, 2_000)
    return 0
  } catch (error) {
    return callError(error).code
  } finally {
    connection.close()
  }
}
