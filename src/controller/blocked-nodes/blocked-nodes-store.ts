import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import { createObjectReader, type ObjectReader } from '../../report/object-reader.ts'
import { failedRequest } from '../failed-request.ts'
import { splitBlocked } from './blocked-text.ts'
import { BLOCKED_NODES_API_VERSION } from './build-shards.ts'
import { shardIndex } from './shard-name.ts'

/** The BlockedNodes of the API server, as far as they are ours; everything rejects with the API client's error. */
export interface BlockedNodesStore {
  /** What each object says, node name to `State: Reason`. */
  readEntries(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>
  /** The resourceVersion of each object. */
  readVersions(): Promise<ReadonlyMap<string, string>>
  /** Applies an object on the server; tells its resourceVersion. */
  apply(name: string, text: string): Promise<string>
  /** Deletes an object; one that is not there is fine. */
  remove(name: string): Promise<void>
}

/** Owns all fields of the objects. */
export const BLOCKED_NODES_FIELD_MANAGER = 'soci-guard-controller'

const COLLECTION = `/apis/${BLOCKED_NODES_API_VERSION}/blockednodes`
// Nobody needs to send back up to a megabyte that we sent.
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
const DEADLINE_MS = 10_000

/** The store behind a connection; every call ends within ten seconds, or with the signal. */
export const createBlockedNodesStore = (
  connection: Pick<ApiConnection, 'readJson'>,
  signal: AbortSignal,
): BlockedNodesStore => {
  const common = { signal, deadlineMs: DEADLINE_MS }
  return {
    readEntries: async () => {
      const items = itemsOf(await connection.readJson(COLLECTION, common))
      return new Map(items.map(item => [nameOf(item), splitBlocked(item.stringMap('blocked') ?? {})]))
    },
    readVersions: async () => {
      const items = itemsOf(await connection.readJson(COLLECTION, { ...common, accept: METADATA_LIST }))
      return new Map(items.map(item => [nameOf(item), versionOf(item)]))
    },
    // force: what another field manager set by hand is ours all the same.
    apply: async (name, text) =>
      versionOf(
        readerOf(
          await connection.readJson(`${COLLECTION}/${name}?fieldManager=${BLOCKED_NODES_FIELD_MANAGER}&force=true`, {
            ...common,
            method: 'PATCH',
            contentType: 'application/apply-patch+yaml',
            accept: METADATA,
            body: text,
          }),
        ),
      ),
    remove: async name => {
      try {
        await connection.readJson(`${COLLECTION}/${name}`, { ...common, method: 'DELETE' })
      } catch (error) {
        if (failedRequest(error).statusCode !== 404) throw error
      }
    },
  }
}

const readerOf = (value: unknown): ObjectReader => createObjectReader(value ?? undefined, '', [])

// Objects of other names are somebody else's: they count in the policy, and are left alone.
const itemsOf = (list: unknown): ObjectReader[] =>
  (readerOf(list).objects('items', item => item) ?? []).filter(item => shardIndex(nameOf(item)) !== null)

const nameOf = (item: ObjectReader): string => item.object('metadata').string('name')

const versionOf = (item: ObjectReader): string => item.object('metadata').string('resourceVersion')
