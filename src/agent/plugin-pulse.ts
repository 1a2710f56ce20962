// containerd sends no event when a snapshotter plugin dies or hangs, so its own socket is asked between sweeps.
import { createSnapshotterClient } from '../containerd/snapshotter-client.ts'
import { isCallError } from '../report/facts/observation.ts'
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

  const beat = async (): Promise<void> => {
    const asked = known
    if (asked === undefined || asked.responds === null || asked.address === '' || isAsking) return
    isAsking = true
    const responds = await answers(asked.address, times.deadlineMs, signal)
    isAsking = false
    // A sweep may have been quicker.
    if (known?.responds === asked.responds && responds !== asked.responds && !signal.aborted) onChange()
  }

  const timer = setInterval(() => void beat(), times.everyMs)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  if (signal.aborted) clearInterval(timer)
  return {
    found: plugin => {
      known = plugin
    },
  }
}

const answers = async (address: string, deadlineMs: number, signal: AbortSignal): Promise<boolean> => {
  const client = createSnapshotterClient(address)
  try {
    return !isCallError(await client.snapshots({ deadlineMs, signal }))
  } finally {
    client.close()
  }
}
