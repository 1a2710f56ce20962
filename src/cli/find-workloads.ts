import type { DirectOwner, Owner } from '../scan/owner.ts'
import { inParallel } from './in-parallel.ts'
import type { FindWorkload } from './owner-lookup.ts'

const LOOK_UPS_AT_ONCE = 8

/** The workload above each direct owner, by the same keys. */
export const findWorkloads = async (
  owners: ReadonlyMap<string, DirectOwner>,
  findWorkload: FindWorkload,
): Promise<ReadonlyMap<string, Owner>> =>
  new Map(
    await inParallel(
      [...owners],
      LOOK_UPS_AT_ONCE,
      async ([key, direct]) => [key, await findWorkload(direct)] as const,
    ),
  )
