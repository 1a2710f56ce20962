// containerd sends no event when a snapshotter plugin dies or hangs, so its own socket is asked between sweeps.
import { createSnapshotterClient, type SnapshotterClient } from '../containerd/snapshotter-client.ts'
import { isCallError } from '../report/facts/observation.ts'
import { respondedWith } from '../report/facts/snapshotter-facts.ts'
import type { ReportedSnapshotter } from '../report/node-report.ts'

/** How often, and how long one answer may take. */
export interface PulseTimes {
  readonly everyMs: number
  readonly deadlineMs: number
}

/** Follows one plugin. */
export interface PluginPulse {
  /** What the last sweep found; a plugin that was not asked then is not asked now. */
  found(plugin: ReportedSnapshotter | undefined): void
}

/** Calls `onChange` when the plugin's answer is another one than the last sweep found, until the signal is aborted. */
export const createPluginPulse = (times: PulseTimes, onChange: () => void, signal: AbortSignal): PluginPulse => {
  let known: ReportedSnapshotter | undefined
  let isAsking = false
  // One connection is kept: making one costs more than asking.
  let kept: { readonly address: string; readonly client: SnapshotterClient } | undefined

  const clientOf = (address: string): SnapshotterClient => {
    if (kept?.address === address) return kept.client
    kept?.client.close()
    kept = { address, client: createSnapshotterClient(address) }
    return kept.client
  }

  const beat = async (): Promise<void> => {
    const asked = known
    if (asked === undefined || asked.responds === null || asked.address === '' || isAsking) return
    isAsking = true
    const answer = await clientOf(asked.address).snapshots({ deadlineMs: times.deadlineMs, signal })
    const responds = isCallError(answer) ? respondedWith(answer) : true
    isAsking = false
    // A sweep may have been quicker.
    if (known?.responds === asked.responds && responds !== asked.responds && !signal.aborted) onChange()
  }

  const timer = setInterval(() => void beat(), times.everyMs)
  const end = (): void => {
    clearInterval(timer)
    kept?.client.close()
  }
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  return {
    found: plugin => {
      known = plugin
    },
  }
}
