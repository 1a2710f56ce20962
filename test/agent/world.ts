// A model of everything around the loop: an API server with the rules of the manifests, a containerd that comes and goes, a node that
// boots, and a network that delays and loses. Nothing happens in it but what a test asks for.
import type { AgentAction } from '../../src/agent/agent-action.ts'
import type { AgentEvent, Moment } from '../../src/agent/agent-event.ts'
import { type AgentState, initialState } from '../../src/agent/agent-state.ts'
import type { ApiFailure } from '../../src/agent/api-failure.ts'
import { isOtherRoot } from '../../src/agent/latch.ts'
import { next } from '../../src/agent/next.ts'
import { NO_FACTS, type ObservedFacts } from '../../src/agent/observed-facts.ts'
import { dueMs } from '../../src/agent/plan.ts'
import { BURST_MS } from '../../src/agent/reduce-runtime.ts'
import type { NodeReport } from '../../src/report/node-report.ts'
import { GOOD_FACTS, IDENTITY, ofRoot } from './facts.ts'

/** What a request for publication comes to. */
export type Delivery = 'answered' | 'answer lost' | 'lost' | 'late'

interface Sent {
  readonly report: NodeReport
  /** Which doubt of the model the report was made after. */
  readonly epoch: number
}

/** What the loop must never do, by the model's own book-keeping. */
export const BROKEN_RULES = {
  verified: 'verified: true was sent for facts that no longer hold',
  facts: 'verified: true was sent with other facts than those of the last good sweep',
  number: 'a number was used twice',
  retraction: 'verified: true of an older containerd came after the retraction',
  latch: 'the latch disappeared',
} as const

const failureOf = (kind: ApiFailure['kind']): ApiFailure => ({ kind, message: kind, retryAfterMs: null })

/** A world in which the agent has just been started. */
export class World {
  nowMs = 1000
  facts: ObservedFacts = GOOD_FACTS
  session = 1
  nodeUID = 'node-uid-1'
  boot = 1
  root = 1
  stored: NodeReport | null = null
  storedEpoch = 0
  /** What is stored arrived late, and no agent has read it since. */
  isStoredUnseen = false
  /** The agent's pod that made the object, where there was none. */
  creator = ''
  objectUID = 1
  state: AgentState = initialState(IDENTITY, NO_FACTS, this.nowMs)
  /** Every report that was sent, of all lives. */
  readonly sent: NodeReport[] = []
  readonly logged: string[] = []
  /** Requests that may still reach the API server although nobody waits for them. */
  readonly late: Sent[] = []
  readonly broken: string[] = []
  opening: number | null = null
  open: number | null = null
  sweeping: { readonly stream: number; readonly before: number; readonly facts: ObservedFacts } | null = null
  identifying = false
  publishing: Sent | null = null
  /** What a verified report may say now; null while nothing may. */
  believed: ObservedFacts | null = null
  epoch = 1
  life = 1

  constructor() {
    this.dispatch({ kind: 'tick' })
  }

  get moment(): Moment {
    return { nowMs: this.nowMs, wallMs: 1_795_338_000_000 + this.nowMs, random: () => 0.5 }
  }

  dispatch(event: AgentEvent): void {
    const { state, actions } = next(this.state, event, this.moment)
    this.state = state
    for (const action of actions) this.perform(action)
  }

  perform(action: AgentAction): void {
    switch (action.kind) {
      case 'openStream':
        this.opening = action.stream
        break
      case 'sweep':
        this.sweeping = { stream: action.stream, before: this.session, facts: this.facts }
        break
      case 'identify':
        this.identifying = true
        break
      case 'publish':
        this.send(action.report)
        break
      case 'log':
        this.logged.push(action.message)
    }
  }

  send(report: NodeReport): void {
    if (report.verified && this.believed === null) this.broken.push(BROKEN_RULES.verified)
    if (report.verified && this.believed !== null) {
      // A root that could not be told may be the one that the latch remembers.
      const { containers, runtime } = this.believed
      const isRoot = report.runtime.rootUUID === runtime.rootUUID || runtime.rootUUID === ''
      if (!isRoot || JSON.stringify(report.containers) !== JSON.stringify(containers))
        this.broken.push(BROKEN_RULES.facts)
    }
    if (this.publishing !== null) this.late.push(this.publishing)
    this.publishing = { report, epoch: this.epoch }
    this.sent.push(report)
  }

  advance(ms: number): void {
    this.nowMs += ms
    if (dueMs(this.state) <= this.nowMs) this.dispatch({ kind: 'tick' })
  }

  doubt(): void {
    this.believed = null
    this.epoch += 1
  }

  answerOpening(works: boolean): void {
    const stream = this.opening
    if (stream === null) return
    this.opening = null
    if (works) this.open = stream
    this.dispatch(works ? { kind: 'streamOpened', stream } : { kind: 'streamLost', stream, why: 'no such file' })
  }

  loseStream(): void {
    const stream = this.open
    if (stream === null) return
    this.open = null
    // What is under way still answers, too late.
    this.doubt()
    this.dispatch({ kind: 'streamLost', stream, why: 'the connection was closed' })
  }

  /** Another process serves; that the stream broke may be noticed later. */
  replaceContainerd(): void {
    this.session += 1
  }

  restartContainerd(): void {
    this.replaceContainerd()
    this.loseStream()
  }

  /** The facts change, and the root folder may be wiped, which gives it an identity that it never had, or not be told. */
  changeRoot(facts: ObservedFacts, root: 'same' | 'wiped' | 'not told'): void {
    if (root === 'wiped') this.root += 1
    this.change(ofRoot(facts, root === 'not told' ? '' : `root-${this.root}`))
  }

  /** The same, and the time that belongs to one burst of events goes by. */
  changeAndWait(facts: ObservedFacts): void {
    this.change(facts)
    this.advance(BURST_MS)
  }

  change(facts: ObservedFacts): void {
    this.facts = facts
    if (this.open !== null) this.dispatch({ kind: 'changed', stream: this.open })
  }

  answerSweep(works: boolean): void {
    const { sweeping } = this
    if (sweeping === null) return
    this.sweeping = null
    const { stream, before, facts } = sweeping
    if (stream === this.open) {
      if (!works || before !== this.session) this.doubt()
      else this.believed = facts
    }
    this.dispatch(
      works
        ? { kind: 'swept', stream, before: String(before), after: String(this.session), facts }
        : { kind: 'sweepFailed', stream, why: 'deadline exceeded' },
    )
  }

  answerIdentify(works: boolean): void {
    if (!this.identifying) return
    this.identifying = false
    const { nodeUID, stored } = this
    if (works) this.isStoredUnseen = false
    this.dispatch(
      works
        ? { kind: 'identified', nodeUID, report: stored, savedLatch: null }
        : { kind: 'notIdentified', failure: failureOf('unavailable') },
    )
  }

  answerPublish(delivery: Delivery): void {
    const { publishing } = this
    if (publishing === null) return
    this.publishing = null
    const { sequence } = publishing.report
    if (delivery === 'late') this.late.push(publishing)
    const taken = delivery.startsWith('answer') && this.store(publishing)
    if (delivery === 'answered') {
      this.dispatch(
        taken
          ? { kind: 'published', sequence, objectUID: String(this.objectUID) }
          : { kind: 'refused', sequence, failure: failureOf('denied') },
      )
    } else this.dispatch({ kind: 'refused', sequence, failure: failureOf('unavailable') })
  }

  deliverLate(): void {
    const late = this.late.shift()
    if (late !== undefined) this.store(late, true)
  }

  /** The rules of the manifests: numbers grow, and the object is that of the Node that there is. */
  store({ report, epoch }: Sent, isLate = false): boolean {
    const { stored } = this
    if (stored !== null && report.sequence <= stored.sequence) return false
    if (stored !== null && isLatchLost(stored, report)) {
      // What is late, or written before the root was told or what came late was seen, is refused by the definition and mended by
      // reading the report again.
      if (stored.runtime.rootUUID !== '' && !isLate && !this.isStoredUnseen) this.broken.push(BROKEN_RULES.latch)
      return false
    }
    if (stored === null) {
      this.objectUID += 1
      this.creator = report.agent.podUID
    }
    // A report about a Node that is no more convinces nobody.
    const isBelieved = report.nodeUID === this.nodeUID && stored?.nodeUID === this.nodeUID
    // Where there was no object an agent that starts cannot know the numbers of the one before: what that one had on its way may
    // come in between, for the moment until the next report.
    const isOfBefore = report.agent.podUID !== this.creator && stored?.agent.podUID === this.creator
    if (isBelieved && !isOfBefore && stored?.verified === false && report.verified && epoch < this.storedEpoch) {
      this.broken.push(BROKEN_RULES.retraction)
    }
    this.stored = report
    this.storedEpoch = epoch
    this.isStoredUnseen = isLate
    return true
  }

  recreateNode(): void {
    this.nodeUID = `node-uid-${Number(this.nodeUID.slice(9)) + 1}`
    this.stored = null
  }

  /** The garbage collector takes what is owned by a Node that is no more. */
  collectGarbage(): void {
    if (this.stored !== null && this.stored.nodeUID !== this.nodeUID) this.stored = null
  }

  /** The agent's process is gone, with whatever was not on its way yet. */
  restartAgent(isReboot: boolean): void {
    if (this.publishing !== null) this.late.push(this.publishing)
    if (isReboot) {
      this.boot += 1
      this.session += 1
      // No request outlives the machine that sent it for long.
      this.late.length = 0
    }
    this.life += 1
    Object.assign(this, { opening: null, open: null, sweeping: null, identifying: false, publishing: null })
    this.doubt()
    const identity = { ...IDENTITY, bootID: `boot-${this.boot}`, podUID: `pod-${this.life}` }
    this.state = initialState(identity, NO_FACTS, this.nowMs)
    this.dispatch({ kind: 'tick' })
  }

  /** Everything works for a number of turns. */
  workWell(turns: number, turnMs: number): void {
    for (let turn = 0; turn < turns; turn++) {
      this.answerOpening(true)
      this.answerSweep(true)
      this.answerIdentify(true)
      this.answerPublish('answered')
      this.advance(turnMs)
    }
  }

  /** Everything works for as long as it takes to be in order again, at the latest with a renewal after that of garbage. */
  settle(): void {
    for (let minute = 0; minute < 4; minute++) {
      this.workWell(125, 500)
      this.collectGarbage()
    }
  }
}

// The rule of the CustomResourceDefinition about the latch.
const isLatchLost = (before: NodeReport, after: NodeReport): boolean =>
  before.mixed !== null &&
  after.mixed === null &&
  before.nodeUID === after.nodeUID &&
  before.bootID === after.bootID &&
  !isOtherRoot(before.runtime.rootUUID, after.runtime.rootUUID)
