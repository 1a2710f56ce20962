// The inventory of a file or folder: read at the start, looked at again every `pollMs`, and applied as a whole or not at all.
import type { PodFacts } from '../admission/cluster-view.ts'
import { isGuardError } from '../errors.ts'
import { lookRegularly } from '../look-regularly.ts'
import { applyInventory, type InventoryTarget, renewReports } from './apply-inventory.ts'
import { fileSignature } from './file-signature.ts'
import { EMPTY_INVENTORY, type InventoryContents } from './inventory-contents.ts'
import { podKey } from './parse-pod.ts'
import { loadInventoryFile } from './read-inventory-file.ts'

/** What a file inventory needs, and whom it tells; the watch ends with the signal. */
export interface FileInventoryOptions {
  /** A file, or a folder whose *.yaml, *.yml and *.json files are read by name. */
  readonly path: string
  readonly roster: InventoryTarget
  readonly nowMs: () => number
  readonly pollMs: number
  /** How often reports of an unchanged file are made fresh again. */
  readonly renewMs: () => number
  /** Called after each change that was applied, not after the first load. */
  readonly onReload: (contents: InventoryContents) => void
  /** Called once for each failure, not once for each look at it; what was loaded before stays. */
  readonly onError: (error: unknown) => void
  readonly signal: AbortSignal
}

/** Nodes, reports, namespaces, runtime classes and pods of a file. */
export interface FileInventory {
  /** Reads the file for the first time, or rejects with a GuardError; from then on it is watched. */
  load(): Promise<InventoryContents>
  loaded(): boolean
  /** Since the file was last found as good as it was read; Infinity before it was. */
  ageMs(): number
  readPod(namespace: string, name: string): Promise<PodFacts | undefined>
}

// The signature is taken before reading: a write in between then shows as a change at the next look.
const readWhole = async (path: string): Promise<{ contents: InventoryContents; signature: string }> => {
  const signature = await fileSignature(path)
  return { signature, contents: await loadInventoryFile(path) }
}

/** An inventory kept in step with a file; a bad edit is refused whole and what was loaded stays. */
export const createFileInventory = (options: FileInventoryOptions): FileInventory => {
  const { path, roster, nowMs, pollMs, onError, signal } = options
  let contents = EMPTY_INVENTORY
  let applied: string | undefined
  let refused: { signature: string; error: unknown } | undefined
  let seenAtMs = Number.NEGATIVE_INFINITY
  let renewedAtMs = Number.NEGATIVE_INFINITY

  const take = (next: { contents: InventoryContents; signature: string }): void => {
    applyInventory(roster, contents, next.contents, nowMs())
    contents = next.contents
    applied = next.signature
    renewedAtMs = nowMs()
    seenAtMs = renewedAtMs
  }

  const keep = (): void => {
    seenAtMs = nowMs()
    if (seenAtMs - renewedAtMs < options.renewMs()) return
    renewedAtMs = seenAtMs
    renewReports(roster, contents, seenAtMs)
  }

  const look = async (failedBefore: boolean): Promise<void> => {
    const signature = await fileSignature(path)
    // What is wrong in the file stays wrong until the file changes; what kept us from reading it may be over at the next look.
    if (signature === refused?.signature) throw refused.error
    if (signature === applied && !failedBefore) return keep()
    refused = undefined
    try {
      take(await readWhole(path))
    } catch (error) {
      if (isGuardError(error) && error.code === 'SOCI_GUARD_INVENTORY_INVALID') refused = { signature, error }
      throw error
    }
    options.onReload(contents)
  }

  return {
    load: async () => {
      take(await readWhole(path))
      void lookRegularly({ pollMs, look, onError, signal })
      return contents
    },
    loaded: () => applied !== undefined,
    ageMs: () => nowMs() - seenAtMs,
    readPod: async (namespace, name) => contents.pods.get(podKey(namespace, name)),
  }
}
