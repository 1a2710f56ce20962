import { ETCD } from './program-flags.ts'

/** Compacts etcd at its newest revision, so that every older resourceVersion is gone; resolves with that revision. */
export async function compactEtcd(): Promise<number> {
  const key = Buffer.from('/registry/').toString('base64')
  const { header } = await gateway<{ header: { revision: string } }>('/v3/kv/range', { key, count_only: true })
  await gateway('/v3/kv/compaction', { revision: header.revision, physical: true })
  return Number(header.revision)
}

async function gateway<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${ETCD}${path}`, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
