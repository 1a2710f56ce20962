import { CGROUP } from './lab/cgroups.ts'
import { type CallError, callError, connect } from './lab/grpc-connection.ts'

/** What a kubelet does through the Container Runtime Interface; every call rejects with gRPC's error. */
export interface Cri {
  /** Starts a pod's sandbox, on the host's network, and gives its id. */
  runPodSandbox(name: string, runtimeHandler?: string): Promise<string>
  /** Creates and starts a container of an image that is present; gives its id. */
  startContainer(sandboxId: string, image: string): Promise<string>
  /** Pulls by the registry's name for an image, whether it is present or not. */
  pullImage(image: string, credentials?: { username: string; password: string }): Promise<void>
  removeImage(image: string): Promise<void>
  /** Stops and removes a pod with its containers. */
  removePodSandbox(id: string): Promise<void>
  /** Where containerd's default snapshotter keeps its data: the first entry of ImageFsInfo. */
  imageFilesystem(): Promise<string>
  close(): void
}

/** A kubelet's view of one node's containerd. */
export function connectCri(address: string, node: string, logFolder: string): Cri {
  const connection = connect(address)
  const configs = new Map<string, object>()
  const runtime = <T>(method: string, request: object) =>
    connection.call<T>(`runtime.v1.RuntimeService/${method}`, request)
  const image = <T>(method: string, request: object) => connection.call<T>(`runtime.v1.ImageService/${method}`, request)
  return {
    runPodSandbox: async (name, runtimeHandler = '') => {
      const config = podConfig(name, node, logFolder)
      const request = { config, runtime_handler: runtimeHandler }
      const { pod_sandbox_id: id } = await runtime<{ pod_sandbox_id: string }>('RunPodSandbox', request)
      configs.set(id, config)
      return id
    },
    startContainer: async (sandboxId, name) => {
      const config = { metadata: { name: 'app' }, image: { image: name }, log_path: `${sandboxId}.log` }
      const request = { pod_sandbox_id: sandboxId, config, sandbox_config: configs.get(sandboxId) }
      const container = await runtime<{ container_id: string }>('CreateContainer', request)
      await runtime('StartContainer', container)
      return container.container_id
    },
    pullImage: async (name, auth) => {
      await image('PullImage', { image: { image: name }, ...(auth ? { auth } : {}) })
    },
    removeImage: async name => {
      await image('RemoveImage', { image: { image: name } })
    },
    removePodSandbox: async id => {
      await runtime('StopPodSandbox', { pod_sandbox_id: id })
      await runtime('RemovePodSandbox', { pod_sandbox_id: id })
    },
    imageFilesystem: async () => {
      const info = await image<ImageFsInfo>('ImageFsInfo', {})
      return info.image_filesystems[0]?.fs_id.mountpoint ?? ''
    },
    close: () => connection.close(),
  }
}

/** The error of a call that must fail; throws when it does not. */
export async function errorOf(call: Promise<unknown>): Promise<CallError> {
  let value: unknown
  try {
    value = await call
  } catch (error) {
    return callError(error)
  }
  throw new Error(`expected an error, found ${JSON.stringify(value)}`)
}

interface ImageFsInfo {
  image_filesystems: { fs_id: { mountpoint: string } }[]
}

function podConfig(name: string, node: string, logFolder: string): object {
  return {
    metadata: { name, uid: `uid-${name}`, namespace: 'default' },
    log_directory: logFolder,
    linux: {
      cgroup_parent: `${CGROUP}/${node}`,
      security_context: { namespace_options: { network: 'NODE' } },
    },
  }
}
