import { createFileInventory } from '../inventory/file-inventory.ts'
import type { Following } from './nodes-following.ts'
import { printError } from './print-error.ts'

const POLL_MS = 1000

/** Keeps the roster in step with an inventory file; resolves when it has been read once, or rejects with a GuardError. */
export const followFile = async (
  path: string,
  { roster, nowMs, reportTTLMs, io, signal }: Following,
): Promise<void> => {
  const inventory = createFileInventory({
    ...{ path, roster, nowMs, signal },
    pollMs: POLL_MS,
    renewMs: () => reportTTLMs / 3,
    onReload: () => {},
    onError: error => printError(io.stderr, error),
  })
  await inventory.load()
}
