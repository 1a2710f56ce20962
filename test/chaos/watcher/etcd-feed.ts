import { jsonLines } from '../../e2e/cluster/json-lines.ts'
import { ETCD } from '../../e2e/cluster/program-flags.ts'

/** One revision of one object as etcd has it; `object` is undefined when the revision deleted it. */
export interface EtcdChange {
  key: string
  revision: number
  object: Record<string, unknown> | undefined
  /** When it came here: shortly after it was committed, never before. */
  atMs: number
}

interface WatchAnswer {
  result?: { canceled?: boolean; cancel_reason?: string; events?: { type?: string; kv: KeyValue }[] }
  error?: { message: string }
}

interface KeyValue {
  key: string
  mod_revision: string
  value?: string
}

/**
 * Every change below a prefix since the first revision, in order, as etcd's own watch gives it. It lasts while the API server is
 * killed or frozen and misses nothing, which a watch of the API server cannot promise; the revisions of all prefixes are one order.
 * The API server must store JSON (`--storage-media-type=application/json`). Resolves when the signal aborts; throws when the stream breaks.
 */
export async function followEtcd(
  prefix: string,
  onChange: (change: EtcdChange) => void,
  signal: AbortSignal,
): Promise<void> {
  const create_request = {
    key: base64(prefix),
    range_end: base64(afterPrefix(prefix)),
    start_revision: 1,
    fragment: true,
  }
  try {
    const response = await fetch(`${ETCD}/v3/watch`, {
      method: 'POST',
      body: JSON.stringify({ create_request }),
      signal,
    })
    if (!response.ok || !response.body) throw new Error(`etcd's watch: ${response.status}`)
    for await (const { result, error } of jsonLines<WatchAnswer>(response.body)) {
      if (error || result?.canceled) throw new Error(`etcd's watch: ${error?.message ?? result?.cancel_reason}`)
      const atMs = Date.now()
      for (const { type, kv } of result?.events ?? []) onChange(changeOf(type, kv, atMs))
    }
    throw new Error("etcd's watch ended")
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function changeOf(type: string | undefined, { key, mod_revision, value = '' }: KeyValue, atMs: number): EtcdChange {
  const text = Buffer.from(value, 'base64').toString('utf8')
  if (type !== 'DELETE' && !text.startsWith('{')) throw new Error(`etcd holds no JSON at ${plain(key)}`)
  const object = type === 'DELETE' ? undefined : JSON.parse(text)
  return { key: plain(key), revision: Number(mod_revision), object, atMs }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

const plain = (key: string) => Buffer.from(key, 'base64').toString('utf8')

/** The first key after all that begin with the prefix, which ends in `/`. */
const afterPrefix = (prefix: string) => `${prefix.slice(0, -1)}0`
