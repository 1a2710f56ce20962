import { type CallError, callError, connect, type GrpcConnection } from './lab/grpc-connection.ts'

/** The raw answer of each call, or its error; the form that `inspect --save` writes and `inspect --replay` reads. */
export type Capture = Record<string, unknown>

const SNAPSHOTTERS = ['soci', 'overlayfs']
const DEADLINE_MS = 3_000

/** Asks a containerd everything that a capture holds, with protos of the tests' own: what the product reads is checked against this. */
export async function capture(address: string): Promise<Capture> {
  const connection = connect(address)
  try {
    return await askAll(connection)
  } finally {
    connection.close()
  }
}

async function askAll(connection: GrpcConnection): Promise<Capture> {
  const unary = (method: string, request: object = {}) => orError(connection.call(method, request, DEADLINE_MS))
  const streamed = (method: string, request: object = {}) =>
    orError(
      connection
        .stream<{ info: unknown[] }>(method, request, DEADLINE_MS)
        .then(parts => parts.flatMap(part => part.info)),
    )
  const status = await unary('runtime.v1.RuntimeService/Status', { verbose: true })
  const answers: Capture = {
    'introspection.Plugins': await unary('containerd.services.introspection.v1.Introspection/Plugins'),
    'introspection.Server': await unary('containerd.services.introspection.v1.Introspection/Server'),
    'version.Version': await unary('containerd.services.version.v1.Version/Version'),
    'cri.runtime.Status': status,
    ...configOf(status),
    'cri.image.ImageFsInfo': await unary('runtime.v1.ImageService/ImageFsInfo'),
    'containers.List': await unary('containerd.services.containers.v1.Containers/List'),
    'content.List': await streamed('containerd.services.content.v1.Content/List'),
    'images.List': await unary('containerd.services.images.v1.Images/List'),
  }
  for (const snapshotter of SNAPSHOTTERS)
    answers[`snapshots.List.${snapshotter}`] = await streamed('containerd.services.snapshots.v1.Snapshots/List', {
      snapshotter,
    })
  answers['cri.runtime.ListPodSandbox'] = await unary('runtime.v1.RuntimeService/ListPodSandbox')
  return answers
}

async function orError(answer: Promise<unknown>): Promise<unknown | CallError> {
  try {
    return await answer
  } catch (error) {
    return callError(error)
  }
}

function configOf(status: unknown): Capture {
  const text = (status as { info?: Record<string, string> }).info?.config
  return text ? { 'cri.runtime.Status.info.config': JSON.parse(text) } : {}
}
