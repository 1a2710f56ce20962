import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningContainer } from './container.ts'
import type { ContainerSpec, PodSpec } from './pod.ts'
import { runProbe } from './probe.ts'

/** What a pod's status says about one container. */
export interface ContainerState {
  ready: boolean
  started: boolean
  restartCount: number
  state: Record<string, unknown>
  lastState: Record<string, unknown>
  /** Set when the container has ended for good. */
  exitCode?: number
}

/** Keeps one container running as the pod's restart policy wants it. */
export interface ContainerKeeper {
  readonly spec: ContainerSpec
  readonly state: ContainerState
  readonly current: RunningContainer | undefined
  /** Runs preStop, SIGTERM, the grace period and SIGKILL; resolves when the process is gone. */
  stop(graceMs: number): Promise<void>
}

/** How a keeper starts a container, and whom it tells. */
export interface KeeperOptions {
  spec: ContainerSpec
  restartPolicy: PodSpec['restartPolicy']
  podIP: string
  start: () => Promise<RunningContainer>
  changed: () => void
  /** Between SIGTERM and SIGKILL when a probe ends the container. */
  graceMs: number
  /** The first pause after an exit; doubled each time up to ten times as long. */
  backoffMs: number
}

/** Starts a container and keeps it: probes, restarts with backoff, and a state for the pod's status. */
export function keepContainer(options: KeeperOptions): ContainerKeeper {
  const { spec, restartPolicy = 'Always', podIP, start, changed, backoffMs, graceMs: probeGraceMs } = options
  const stopping = new AbortController()
  const state: ContainerState = waiting('ContainerCreating')
  let current: RunningContainer | undefined
  const tell = (change: Partial<ContainerState>) => {
    Object.assign(state, change)
    changed()
  }

  const runOnce = async (): Promise<number> => {
    const container = await start()
    current = container
    if (stopping.signal.aborted) container.signal('SIGKILL')
    const ended = new AbortController()
    tell({ state: { running: { startedAt: container.startedAt } }, started: !spec.startupProbe })
    watchHealth({ spec, podIP, container, tell, graceMs: probeGraceMs, signal: ended.signal })
    const code = await container.exited
    ended.abort()
    current = undefined
    const terminated = terminatedState(code, container.startedAt)
    tell({ ready: false, started: false, state: terminated, lastState: terminated })
    return code
  }

  const keep = async () => {
    for (let pauseMs = backoffMs; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, backoffMs * 10)) {
      const outcome = await runOnce().catch((error: Error) => {
        tell({ state: { waiting: { reason: 'CreateContainerConfigError', message: error.message } } })
      })
      const isOver = restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && outcome === 0)
      if (outcome !== undefined && isOver) return tell({ exitCode: outcome })
      if (stopping.signal.aborted) return
      if (outcome !== undefined) tell({ restartCount: state.restartCount + 1, state: backOffState(spec) })
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const kept = keep()

  return {
    spec,
    state,
    get current() {
      return current
    },
    stop: async graceMs => {
      stopping.abort()
      const deadline = sleep(graceMs, undefined, { ref: false })
      const preStopMs = (spec.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1_000
      if (current && preStopMs > 0) await Promise.race([sleep(preStopMs), deadline, current.exited])
      current?.signal('SIGTERM')
      await Promise.race([kept, deadline])
      current?.signal('SIGKILL')
      await kept
    },
  }
}

interface HealthOptions {
  spec: ContainerSpec
  podIP: string
  container: RunningContainer
  tell: (change: Partial<ContainerState>) => void
  graceMs: number
  signal: AbortSignal
}

/** Startup first; then readiness and liveness side by side. A failing startup or liveness probe ends the container. */
function watchHealth({ spec, podIP, container, tell, graceMs, signal }: HealthOptions): void {
  const { startupProbe, readinessProbe, livenessProbe } = spec
  const end = async () => {
    container.signal('SIGTERM')
    await sleep(graceMs, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) container.signal('SIGKILL')
  }
  const onLiveness = (succeeds: boolean) => {
    if (!succeeds) void end()
  }
  const afterStart = () => {
    tell({ started: true, ready: !readinessProbe })
    if (readinessProbe) void runProbe(readinessProbe, spec, podIP, ready => tell({ ready }), signal)
    if (livenessProbe) void runProbe(livenessProbe, spec, podIP, onLiveness, signal)
  }
  if (!startupProbe) {
    afterStart()
    return
  }
  const startup = new AbortController()
  const onStartup = (succeeds: boolean) => {
    startup.abort()
    if (succeeds) afterStart()
    else void end()
  }
  void runProbe(startupProbe, spec, podIP, onStartup, AbortSignal.any([signal, startup.signal]))
}

function waiting(reason: string): ContainerState {
  return { ready: false, started: false, restartCount: 0, state: { waiting: { reason } }, lastState: {} }
}

function terminatedState(exitCode: number, startedAt: string) {
  const finishedAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  return { terminated: { exitCode, startedAt, finishedAt, reason: exitCode === 0 ? 'Completed' : 'Error' } }
}

function backOffState({ name }: ContainerSpec) {
  return { waiting: { reason: 'CrashLoopBackOff', message: `back-off restarting failed container ${name}` } }
}
