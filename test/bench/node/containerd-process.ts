import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Order } from './big-containerd.ts'
import type { NodeSize } from './big-node.ts'

/** A big containerd in a process of its own. */
export interface ContainerdProcess {
  /** Has it done; tells what came of it. */
  order(order: Order): Promise<unknown>
  stop(): void
}

/** Starts one of that size, with a snapshotter plugin. */
export const startContainerd = async (
  socket: string,
  { images, containers }: NodeSize,
  pluginSocket: string,
): Promise<ContainerdProcess> => {
  const args = [socket, String(images), String(containers), pluginSocket]
  const child = fork(join(import.meta.dirname, 'big-containerd.ts'), args)
  await answerOf(child)
  return {
    order: async order => {
      const answer = answerOf(child)
      child.send(order)
      return ((await answer) as { done: unknown }).done
    },
    stop: () => child.disconnect(),
  }
}

const answerOf = (child: ChildProcess): Promise<unknown> => new Promise(resolve => child.once('message', resolve))
