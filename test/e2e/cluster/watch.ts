import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from './api.ts'
import { jsonLines } from './json-lines.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

/** What a watch tells: all objects after a list, then each change. */
export interface WatchHandlers<T> {
  /** Called with the complete list, at first and again after every break. */
  listed(objects: T[]): void
  changed(object: T): void
  deleted(object: T): void
}

/** Watches a collection until the signal aborts, through restarts of the API server and expired versions. */
export async function watchCollection<T = KubernetesObject>(
  api: Api,
  path: string,
  handlers: WatchHandlers<T>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const list = await api.get<{ items: T[]; metadata: { resourceVersion: string } }>(path)
      handlers.listed(list.items)
      await follow(api, path, list.metadata.resourceVersion, handlers, signal)
    } catch {
      // The API server is away or restarting: the next list says what changed meanwhile.
    }
    if (!signal.aborted) await sleep(200, undefined, { signal }).catch(() => undefined)
  }
}

async function follow<T>(api: Api, path: string, version: string, handlers: WatchHandlers<T>, signal: AbortSignal) {
  const query = `${path.includes('?') ? '&' : '?'}watch=1&allowWatchBookmarks=true&resourceVersion=${version}`
  const response = await api.open('GET', `${path}${query}`, undefined, undefined, signal)
  if (response.statusCode !== 200) throw new Error(`watch of ${path}: ${response.statusCode}`)
  for await (const event of jsonLines<{ type: string; object: T }>(response)) {
    if (event.type === 'ERROR') return
    if (event.type === 'DELETED') handlers.deleted(event.object)
    else if (event.type !== 'BOOKMARK') handlers.changed(event.object)
  }
}
