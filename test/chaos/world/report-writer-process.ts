// Plays the agents of a part of the nodes, each with the token of its own pod. Killed and frozen as agents are.
import { setTimeout as sleep } from 'node:timers/promises'
import { Api } from '../../e2e/cluster/api.ts'
import { REPORT_CHANGES, REPORTS, reportObject } from '../../e2e/cluster/reports.ts'
import type { Seat, SeatOrder, WriterStart } from './seat.ts'

const RETRY_MS = 200

/** What a writer does for one node: it publishes the newest order once its time has come, and then renews. */
interface Desk {
  seat: Seat
  api: Api
  version: number
}

const start = JSON.parse(process.argv[2] ?? '') as WriterStart
const desks = new Map<string, Desk>()
// Also after a restart of this process the sequence of every node must grow.
let sequence = Date.now()

process.on('message', (order: SeatOrder) => void take(order))
process.on('disconnect', () => process.exit(0))

async function take({ seat, delayMs }: SeatOrder): Promise<void> {
  const known = desks.get(seat.node)
  if (known && known.seat.token !== seat.token) known.api.close()
  const isSame = known?.seat.token === seat.token
  const api = isSame ? known.api : new Api({ ...start, identity: { token: seat.token }, connections: 1 })
  const desk = { seat, api, version: (known?.version ?? 0) + 1 }
  desks.set(seat.node, desk)
  await sleep(delayMs)
  while (desks.get(seat.node) === desk) {
    const isDone = await publish(desk)
    await sleep(isDone ? start.renewEveryMs * (0.75 + Math.random() / 2) : RETRY_MS)
  }
}

/** One server-side apply, as the agent's; false when it has to be tried again. */
async function publish({ seat, api }: Desk): Promise<boolean> {
  const { node, nodeUID, bootID, podUID, condition } = seat
  const change = { ...REPORT_CHANGES[condition], agent: { podUID, version: '0.1.0' }, sequence: ++sequence }
  const report = reportObject({ name: node, uid: nodeUID, bootID }, change)
  const path = `${REPORTS}/${node}?fieldManager=soci-guard-agent&force=true`
  try {
    return (await api.send('PATCH', path, report, 'application/apply-patch+yaml')).status < 300
  } catch {
    return false
  }
}
