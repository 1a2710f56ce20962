import type { ApiConnection, ApiRequestOptions } from '../../inventory/cluster/api-connection.ts'
import type { NodeFacts } from '../../policy/node-facts.ts'
import { parseNodeFacts } from '../../policy/parse-node-facts.ts'
import type { PatchOperation } from './mark-patches.ts'

/** The API server as the marks on Nodes need it; everything rejects with what the connection rejects with. */
export interface NodeApi {
  read(name: string): Promise<NodeFacts>
  patch(name: string, operations: readonly PatchOperation[]): Promise<void>
  patchStatus(name: string, body: object): Promise<void>
}

const DEADLINE_MS = 5000
const FIELD_MANAGER = 'soci-guard-controller'
// Nobody reads the answer, and a whole Node has 20 KB.
const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json'

/** Nodes over a connection, until the signal. */
export const createNodeApi = (
  connection: Pick<ApiConnection, 'readBody' | 'readJson'>,
  signal: AbortSignal,
): NodeApi => {
  const pathOf = (name: string): string => `/api/v1/nodes/${encodeURIComponent(name)}`

  const send = async (path: string, options: ApiRequestOptions): Promise<void> => {
    const method = 'PATCH'
    await connection.readBody(`${path}?fieldManager=${FIELD_MANAGER}`, {
      ...{ method, accept: METADATA_ONLY, deadlineMs: DEADLINE_MS, signal },
      ...options,
    })
  }

  return {
    read: async name => {
      const parsed = parseNodeFacts(await connection.readJson(pathOf(name), { deadlineMs: DEADLINE_MS, signal }))
      if (parsed.ok) return parsed.value
      throw new Error(parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
    },
    patch: (name, operations) =>
      send(pathOf(name), { contentType: 'application/json-patch+json', body: JSON.stringify(operations) }),
    patchStatus: (name, body) =>
      send(`${pathOf(name)}/status`, {
        contentType: 'application/strategic-merge-patch+json',
        body: JSON.stringify(body),
      }),
  }
}
