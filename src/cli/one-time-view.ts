import type { ClusterView } from '../admission/cluster-view.ts'
import { createConfigurationSource } from '../config/configuration-source.ts'
import { applyInventory } from '../inventory/apply-inventory.ts'
import { EMPTY_INVENTORY } from '../inventory/inventory-contents.ts'
import { loadInventoryFile } from '../inventory/read-inventory-file.ts'
import type { GuardConfiguration } from '../policy/configuration.ts'
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
  const configuration = await readConfigurationOnce(files.config)
  const contents = await loadInventoryFile(files.inventory)
  const roster = createRoster(configuration)
  applyInventory(roster, EMPTY_INVENTORY, contents, nowMs)
  roster.advance(nowMs)
  return { roster, configuration, nowMs }
}

/** The configuration of the file as it is now, the defaults without one; a GuardError with every problem when it is refused. */
export const readConfigurationOnce = (path: string | undefined): Promise<GuardConfiguration> =>
  createConfigurationSource({
    path,
    // The watch that begins with the load has ended already.
    signal: AbortSignal.abort(),
    pollMs: 60_000,
    onChange: () => {},
    onError: () => {},
  }).load()
