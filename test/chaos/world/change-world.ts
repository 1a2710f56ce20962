import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../../e2e/cluster/api.ts'
import { REPORT_CHANGES, REPORTS, reportObject } from '../../e2e/cluster/reports.ts'
import type { Random } from '../random.ts'
import type { Condition } from './seat.ts'
import type { World } from './world.ts'

/** What the changes have come to. */
export interface WorldChanges {
  counts: Record<string, number>
  /** Forgeries that the API server let through. */
  forgeriesAccepted: string[]
}

/** Changes the world until it is stopped. */
export interface WorldChanger {
  readonly changes: WorldChanges
  /** Nodes whose truth changed of late, newest first: where a guard that is slow would be caught. */
  recent(): readonly string[]
  /** While it is true nothing changes. */
  paused: boolean
  stop(): Promise<void>
}

/** How the world changes. */
export interface WorldChangeOptions {
  world: World
  /** Cluster administrator: deletes reports, and forges what RBAC cannot forbid him. */
  admin: Api
  /** A client with the token given, for agents that speak for others. */
  asAgent(token: string): Api
  random: Random
  everyMs: number
}

const BAD: readonly Condition[] = ['NotDefault', 'Mixed', 'Broken', 'Unverified']
/** More than this share of the nodes is never bad at once: no outage, and room for every pod. */
const BAD_SHARE = 0.35
const RECENT = 8

/** Lets containerd switch, nodes restart and come anew, reports be late, deleted and forged, at random. */
export function startWorldChanger({ world, admin, asAgent, random, everyMs }: WorldChangeOptions): WorldChanger {
  const changes: WorldChanges = { counts: {}, forgeriesAccepted: [] }
  const recent: string[] = []
  let running = true
  const bad = () => world.names.filter(name => world.seat(name).condition !== 'Ready')
  const count = (what: string) => {
    changes.counts[what] = (changes.counts[what] ?? 0) + 1
  }
  const agentDelayMs = () => (random.chance(0.2) ? random.between(500, 5_000) : 0)

  const worsen = async (name: string) => {
    world.become(name, random.pick(BAD), agentDelayMs())
    count('switched')
  }
  const repair = async () => {
    const broken = bad()
    if (broken.length === 0) return
    world.become(random.pick(broken), 'Ready', agentDelayMs())
    count('repaired')
  }
  const reboot = async (name: string) => {
    await world.reboot(name, random.between(200, 3_000))
    count('rebooted')
  }
  const recreate = async (name: string) => {
    await world.recreate(name, random.between(200, 3_000))
    count('recreated')
  }
  const deleteReport = async (name: string) => {
    await admin.delete(`${REPORTS}/${name}`)
    const seat = world.seat(name)
    world.become(name, seat.condition, random.between(500, 3_000))
    count('reports deleted')
  }
  const forge = async (name: string) => {
    const victims = bad()
    const victim = victims.length > 0 ? random.pick(victims) : name
    const { nodeUID, bootID } = world.seat(victim)
    const { token, podUID } = world.seat(world.names.find(candidate => candidate !== victim) ?? name)
    const lie = { ...REPORT_CHANGES.Ready, agent: { podUID, version: '0.1.0' }, sequence: 2 ** 52 }
    const report = reportObject({ name: victim, uid: nodeUID, bootID }, lie)
    const agent = asAgent(token)
    const path = `${REPORTS}/${victim}?fieldManager=soci-guard-agent&force=true`
    const { status, body } = await agent
      .send('PATCH', path, report, 'application/apply-patch+yaml')
      .finally(() => agent.close())
    if (status < 300) changes.forgeriesAccepted.push(`${victim}: ${JSON.stringify(body).slice(0, 200)}`)
    count('forged')
  }
  const acts: { act: (name: string) => Promise<void>; weight: number; worsens: boolean }[] = [
    { act: worsen, weight: 9, worsens: true },
    { act: repair, weight: 7, worsens: false },
    { act: reboot, weight: 3, worsens: true },
    { act: recreate, weight: 1, worsens: true },
    { act: deleteReport, weight: 1, worsens: true },
    { act: forge, weight: 1, worsens: false },
  ]
  const changer: WorldChanger = {
    changes,
    recent: () => recent,
    paused: false,
    stop: async () => {
      running = false
      await ended
    },
  }
  const step = async () => {
    const isFull = bad().length >= world.names.length * BAD_SHARE
    const possible = acts.filter(({ act }) => !(isFull && act === worsen))
    const { act, worsens } = random.pick(possible.flatMap(found => Array.from({ length: found.weight }, () => found)))
    const name = random.pick(world.names)
    if (worsens) {
      recent.unshift(name)
      recent.length = Math.min(recent.length, RECENT)
    }
    // The API server may be away: then this change does not happen.
    await act(name).catch(() => count('not done'))
  }
  const run = async () => {
    while (running) {
      if (!changer.paused) await step()
      await sleep(random.between(everyMs / 2, everyMs * 1.5))
    }
  }
  const ended = run()
  return changer
}
