import { type ContainerdClient, createContainerdClient } from '../containerd/containerd-client.ts'
import { CALLS } from '../report/facts/calls.ts'
import { errorOf, isCallError, type Observation } from '../report/facts/observation.ts'
import { reportFacts } from '../report/facts/report-facts.ts'
import type { AgentRuntime } from './agent-runtime.ts'
import { type Changes, createChangeList } from './observe/changes.ts'
import { observeEverything } from './observe/observe.ts'
import { observeChanges } from './observe/observe-changes.ts'
import type { Observed } from './observe/observed.ts'
import { readContainerdFiles } from './observe/read-containerd-files.ts'
import { createPluginPulse, type PluginPulse, type PulseTimes } from './plugin-pulse.ts'

/** What is needed to read a node's containerd. */
export interface ContainerdRuntimeOptions {
  /** The path of its socket. */
  readonly address: string
  readonly expectedSnapshotter: string
  readonly bootTimeMs: number | null
  /** What one call may take; 5 s unless given. */
  readonly callDeadlineMs?: number
  /** Every 5 s and within 5 s unless given. */
  readonly pulse?: PulseTimes
  /** How long what was read may be relied on while events tell of its changes; a minute unless given. */
  readonly relyMs?: number
  /** A clock that nobody sets, milliseconds. */
  readonly nowMs?: () => number
}

const CALL_DEADLINE_MS = 5000
const RELY_MS = 60_000
const PULSE: PulseTimes = { everyMs: 5000, deadlineMs: 5000 }

/** The containerd of this node as the agent's loop uses it. */
export const createContainerdRuntime = (options: ContainerdRuntimeOptions): AgentRuntime & { close(): void } => {
  const { address, expectedSnapshotter, bootTimeMs, callDeadlineMs: deadlineMs = CALL_DEADLINE_MS } = options
  const client = createContainerdClient({ address })
  const { relyMs = RELY_MS, nowMs = () => performance.now() } = options
  const changes = createChangeList()
  let pulse: PluginPulse | undefined
  let last: Observed | null = null
  let lastWholeMs = 0

  // What a sweep that fails has taken from the list is not known to the next one, which therefore reads everything.
  const look = async (signal: AbortSignal): Promise<Observation> => {
    const how = { expectedSnapshotter, deadlineMs, signal }
    const before = last
    const changed = changes.take()
    last = null
    const isReliable = changed !== null && !isEmpty(changed) && nowMs() - lastWholeMs < relyMs
    let observed = before === null || !isReliable ? null : await observeChanges(client, before, changed, how)
    if (observed === null) {
      const startedAtMs = nowMs()
      observed = await observeEverything(client, how)
      lastWholeMs = startedAtMs
    }
    if (!signal.aborted) last = observed
    return observed.observation
  }

  return {
    follow: (listener, signal) => {
      const following = new AbortController()
      const end = (): void => following.abort()
      signal.addEventListener('abort', end, { once: true })
      const lose = (why: string): void => {
        if (following.signal.aborted) return
        signal.removeEventListener('abort', end)
        end()
        listener.onLost(why)
      }
      const change = (): void => {
        if (!following.signal.aborted) listener.onChange()
      }
      const changeEverything = (): void => {
        changes.addEverything()
        change()
      }
      changes.addEverything()
      client.events(following.signal, {
        onEvent: event => changes.add(event) && change(),
        onLost: ({ message }) => lose(message),
      })
      pulse = createPluginPulse(options.pulse ?? PULSE, changeEverything, following.signal)
      // An answer over the same connection is the only sign that the subscription has arrived.
      void sessionOf(client, deadlineMs, following.signal).then(
        () => following.signal.aborted || listener.onOpened(),
        (error: Error) => lose(error.message),
      )
    },
    session: signal => sessionOf(client, deadlineMs, signal),
    inspect: async signal => {
      const observation = await look(signal)
      const why = whyNothingWasTold(observation)
      if (why !== null) throw new Error(`containerd at ${address} does not answer: ${why}`)
      const facts = reportFacts(await withFiles(observation), { expectedSnapshotter, bootTimeMs })
      pulse?.found(facts.snapshotters.find(({ name }) => name === expectedSnapshotter))
      return facts
    },
    close: client.close,
  }
}

const isEmpty = (changes: Changes): boolean => Object.values(changes).every(({ size }) => size === 0)

const sessionOf = async (client: ContainerdClient, deadlineMs: number, signal: AbortSignal): Promise<string> => {
  const session = await client.session({ deadlineMs, signal })
  if (isCallError(session)) throw new Error(session.message)
  return `${session.uuid} ${session.pidns} ${session.pid}`
}

const whyNothingWasTold = (observation: Observation): string | null => {
  const error = errorOf(observation, CALLS.version)
  return error !== null && errorOf(observation, CALLS.plugins) !== null ? error.message : null
}

// Where containerd's configuration is mounted at its own path, a mistake in it can be named.
const withFiles = async (observation: Observation): Promise<Observation> => {
  const files = await readContainerdFiles('/', [])
  return files.length === 0 ? observation : { ...observation, [CALLS.containerdFiles]: { files } }
}
