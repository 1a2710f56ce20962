// The loop around the plan: read what is there, take one step, look again. It keeps nothing in memory but since when it has seen
// the caBundles and the leaf as they are, and so a new start only waits a little longer than it would have to.
import { setTimeout as wait } from 'node:timers/promises'
import { ownMemberAt } from '../../admission/own-member.ts'
import { isGuardError } from '../../errors.ts'
import type { ApiConnection } from '../../inventory/cluster/api-connection.ts'
import type { ControllerPart } from '../controller-part.ts'
import { type AskedService, askReplicas } from './ask-replicas.ts'
import type { CertificateFacts } from './certificate-facts.ts'
import { type PlanTimes, planCertificates } from './certificate-plan.ts'
import type { CertificateStep } from './certificate-step.ts'
import { isKeptByCertManager, type KeptObject, type KeptObjects, keptPaths, readKeptObjects } from './kept-objects.ts'
import { type ReadCertificates, readFacts } from './read-facts.ts'
import { createSeenSince } from './seen-since.ts'
import { type CertificateLives, takeStep, type WritingStep } from './take-step.ts'
import type { Written } from './write-objects.ts'

/** What the keeper works with. */
export interface CertificateKeeperDeps {
  readonly connection: ApiConnection
  readonly service: AskedService
  readonly webhookConfiguration: string
  readonly servingSecret: string
  readonly authoritySecret: string
  readonly lives: CertificateLives
  readonly times: PlanTimes
  /** Between two looks when nothing is due: how soon damage is seen. */
  readonly pollMs: number
  readonly log: CertificateLog
  readonly recorder: CertificateRecorder
  /** The time of day. */
  readonly nowMs: () => number
  /** A clock that nobody sets. */
  readonly steadyMs: () => number
}

/** What is logged. */
export interface CertificateLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** What is counted. */
export interface CertificateRecorder {
  looked(certificates: ReadCertificates['facts'], nowMs: number): void
  wrote(step: WritingStep['kind']): void
}

/** The part of the controller that keeps certificates alive. */
export interface CertificateKeeper extends ControllerPart {
  /** null when the last look ended well, else what went wrong. */
  trouble(): string | null
}

// Steps follow each other at once, but something that undoes every write of ours must not make us write without end.
const MAX_STEPS_AT_ONCE = 8
const AFTER_STEP_MS = 50
// A process may be stopped in the middle of a look, and the version of an object that is not there yet protects nothing. A rotation
// takes three times the time to settle, so nothing is forgotten in this time; keys are made within it also on a busy machine.
const MAX_LOOK_MS = 10_000

/** A keeper that begins with `start`; it needs no inventory. */
export const createCertificateKeeper = (deps: CertificateKeeperDeps): CertificateKeeper => {
  const stopping = new AbortController()
  const look = createLook(deps, stopping.signal)
  const trouble = createTrouble(deps.log)
  let ended: Promise<void> = Promise.resolve()

  const run = async (): Promise<void> => {
    let steps = 0
    while (!stopping.signal.aborted) {
      const pauseMs = await look().then(
        ({ forMs, moved, remark }) => {
          trouble.set(remark, {})
          steps = moved ? steps + 1 : 0
          return moved && steps < MAX_STEPS_AT_ONCE ? AFTER_STEP_MS : forMs
        },
        error => {
          if (!stopping.signal.aborted) trouble.set(messageOf(error), { code: codeOf(error) })
          return deps.pollMs
        },
      )
      await wait(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  return {
    name: 'certificates',
    start: () => {
      ended = run()
    },
    stop: () => {
      stopping.abort()
      return ended
    },
    trouble: trouble.get,
    remarks: () => {
      const said = trouble.get()
      return said === null ? [] : [`certificates: ${said}`]
    },
  }
}

/** What keeps us from the work, said when it begins and when it is over, not at every look. */
const createTrouble = (log: CertificateLog) => {
  let current: string | null = 'certificates were not looked at yet'
  let isTold = false
  return {
    get: () => current,
    set: (next: string | null, fields: object): void => {
      if (next === null && isTold) log.info({}, 'certificates are kept again')
      if (next !== null && next !== current) log.warn({ ...fields, why: next }, 'certificates are not kept')
      isTold = next !== null
      current = next
    },
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const codeOf = (error: unknown): string => (isGuardError(error) ? error.code : 'SOCI_GUARD_INTERNAL')

interface Looked {
  readonly forMs: number
  /** Something was written, or was found to be changing. */
  readonly moved: boolean
  readonly remark: string | null
}

const createLook = (deps: CertificateKeeperDeps, signal: AbortSignal): (() => Promise<Looked>) => {
  const { connection, service, lives, times, pollMs } = deps
  const paths = keptPaths({ ...deps, namespace: service.namespace })
  const bundlesSeen = createSeenSince()
  const leafSeen = createSeenSince()

  const planOn = async (objects: KeptObjects, read: ReadCertificates): Promise<CertificateStep> => {
    const facts: CertificateFacts = {
      ...read.facts,
      bundleAgeMs: bundlesSeen.ageMs(lookOf(objects.webhooks), deps.steadyMs()),
      leafAgeMs: leafSeen.ageMs(read.facts.leaf?.id ?? '', deps.steadyMs()),
      replicas: null,
    }
    const step = planCertificates(facts, times, deps.nowMs())
    if (step.kind !== 'askReplicas') return step
    const replicas = await askReplicas(connection, service, [...read.known.values()], signal)
    return planCertificates({ ...facts, replicas }, times, deps.nowMs())
  }

  const take = async (
    step: WritingStep,
    objects: KeptObjects,
    read: ReadCertificates,
    atMs: number,
  ): Promise<Written> => {
    const { namespace } = service
    const isFresh = (): boolean => deps.steadyMs() - atMs <= MAX_LOOK_MS
    const context = { ...deps, paths, namespace, lives, nowMs: deps.nowMs(), isFresh, signal }
    const written = await takeStep(step, objects, read, context)
    if (written === 'changed') return written
    if (step.kind === 'writeBundles' && step.first) bundlesSeen.takeForOld(lookOf(written))
    deps.recorder.wrote(step.kind)
    deps.log.info({ step: step.kind, why: step.why }, 'certificates changed')
    return written
  }

  return async () => {
    const atMs = deps.steadyMs()
    const objects = await readKeptObjects(connection, paths, signal)
    if (isKeptByCertManager(objects)) return { forMs: pollMs, moved: false, remark: KEPT_BY_CERT_MANAGER }
    const read = readFacts(objects, lives.dnsNames)
    deps.recorder.looked(read.facts, deps.nowMs())
    const step = await planOn(objects, read)
    if (step.kind === 'wait' || step.kind === 'askReplicas') {
      const forMs = step.kind === 'wait' ? Math.max(0, Math.min(step.forMs, pollMs)) : pollMs
      return { forMs, moved: false, remark: null }
    }
    await take(step, objects, read, atMs)
    return { forMs: pollMs, moved: true, remark: null }
  }
}

const KEPT_BY_CERT_MANAGER =
  'cert-manager keeps the certificates up to date; run the controller with --certificates external, or remove what cert-manager annotated'

// The generation moves when a webhook changes, and does not when somebody annotates the object.
const lookOf = (webhooks: KeptObject | null): string =>
  ['uid', 'generation'].map(key => String(ownMemberAt(webhooks, ['metadata', key]))).join(' ')
