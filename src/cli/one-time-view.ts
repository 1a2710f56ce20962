import type { ClusterView } from '../admission/cluster-view.ts'
import { createConfigurationSource } from '../config/configuration-source.ts'
import { applyInventory } from '../inventory/apply-inventory.ts'
import { EMPTY_INVENTORY } from '../inventory/inventory-contents.ts'
import { loadInventoryFile } from '../inventory/read-inventory-file.ts'
import { createRoster, type Roster } from '../policy/roster.ts'

/** Which files a command judges by. */
export interface JudgingFiles {
  readonly config: string | undefined
  readonly inventory: string
}

/** The cluster as the files describe it now, read once; a GuardError with every problem when one of them is refused. */
export const readViewOnce = async (
  files: JudgingFiles,
  nowMs: number,
): Promise<ClusterView & { readonly roster: Roster }> => {
  const source = createConfigurationSource({
    path: files.config,
    // Read once: the watch that begins with the load has ended already.
    signal: AbortSignal.abort(),
    pollMs: 60_000,
    onChange: () => {},
    onError: () => {},
  })
  const configuration = await source.load()
  const contents = await loadInventoryFile(files.inventory)
  const roster = createRoster(configuration)
  applyInventory(roster, EMPTY_INVENTORY, contents, nowMs)
  roster.advance(nowMs)
  return { roster, configuration, nowMs }
}
