// A process of its own: what the load and the faults do to the harness must not touch the moment at which a change is seen.
import { readPlaceRequests } from './bind-requests.ts'
import { type EtcdChange, followEtcd } from './etcd-feed.ts'
import { historyOf, PREFIXES } from './history.ts'
import { judgePlacements } from './judge-placements.ts'
import type { StoredNode, StoredReport } from './node-truth.ts'
import type { FinishRequest, WatcherAnswer, WatcherReport } from './watcher.ts'

const send = (answer: WatcherAnswer) => process.send?.(answer)

const stop = new AbortController()
const changes: EtcdChange[] = []

for (const prefix of Object.values(PREFIXES))
  followEtcd(prefix, change => changes.push(slim(change)), stop.signal).catch((error: Error) =>
    send({ kind: 'failed', message: error.stack ?? error.message }),
  )

process.on('message', (request: FinishRequest) => {
  finish(request).then(
    report => send({ kind: 'report', report }),
    (error: Error) => send({ kind: 'failed', message: error.stack ?? error.message }),
  )
})

async function finish({ auditLog, outageFraction, terms, scheduledPrefix }: FinishRequest): Promise<WatcherReport> {
  stop.abort()
  const history = historyOf(changes, outageFraction)
  const requests = await readPlaceRequests(auditLog)
  const accepted = new Map(requests.filter(({ code }) => code === 201).map(request => [request.pod, request]))
  const verdict = judgePlacements(
    history,
    ({ namespace, pod }) => accepted.get(`${namespace}/${pod}`)?.receivedMs,
    terms,
  )
  const scheduled = [...history.pods].filter(([name]) => name.startsWith(scheduledPrefix))
  const waits = scheduled.flatMap(([, { createdMs, placedMs }]) =>
    placedMs === undefined ? [] : [placedMs - createdMs],
  )
  return {
    changes: changes.length,
    requests: requests.length,
    refused: requests.filter(({ code }) => code === 403).length,
    truthChanges: [...history.truths.values()].reduce((sum, row) => sum + row.length, 0),
    outages: history.outages.map(({ fromMs, toMs }) => ({ fromMs, toMs: Number.isFinite(toMs) ? toMs : undefined })),
    verdict,
    scheduled: {
      placed: waits.length,
      longestWaitMs: Math.max(0, ...waits),
      stuck: scheduled
        .filter(([, { placedMs, deletedMs }]) => placedMs === undefined && deletedMs === undefined)
        .map(([name]) => name),
    },
  }
}

/** With all their fields an hour's objects would fill the memory; only what is judged is kept. */
function slim(change: EtcdChange): EtcdChange {
  const { key, object } = change
  if (!object) return change
  if (key.startsWith(PREFIXES.nodes)) {
    const { metadata, status } = object as unknown as StoredNode
    return {
      ...change,
      object: { metadata: { uid: metadata.uid }, status: { nodeInfo: { bootID: status?.nodeInfo?.bootID } } },
    }
  }
  if (key.startsWith(PREFIXES.reports)) {
    const { nodeUID, bootID, verified, runtime, defaultSnapshotter, snapshotters, containers, images, mixed } = (
      object as unknown as StoredReport
    ).spec
    const spec = { nodeUID, bootID, verified, runtime, defaultSnapshotter, snapshotters, containers, images, mixed }
    return { ...change, object: { spec } }
  }
  return { ...change, object: { spec: { nodeName: (object as { spec: { nodeName?: string } }).spec.nodeName } } }
}
