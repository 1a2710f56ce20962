import { isDeepStrictEqual } from 'node:util'
import type { Roster } from '../policy/roster.ts'
import type { InventoryContents } from './inventory-contents.ts'

/** The part of the roster that an inventory fills. */
export type InventoryTarget = Pick<
  Roster,
  | 'setNode'
  | 'removeNode'
  | 'setReport'
  | 'removeReport'
  | 'setNamespaceMode'
  | 'removeNamespace'
  | 'setRuntimeClass'
  | 'removeRuntimeClass'
>

const applyMap = <Facts>(
  from: ReadonlyMap<string, Facts>,
  to: ReadonlyMap<string, Facts>,
  set: (facts: Facts, name: string) => void,
  remove: (name: string) => void,
): void => {
  for (const name of from.keys()) if (!to.has(name)) remove(name)
  for (const [name, facts] of to) {
    if (!from.has(name) || !isDeepStrictEqual(from.get(name), facts)) set(facts, name)
  }
}

/** Brings the roster from one inventory to the next, touching only what differs; every report counts as read just now. */
export const applyInventory = (
  roster: InventoryTarget,
  from: InventoryContents,
  to: InventoryContents,
  nowMs: number,
): void => {
  applyMap(
    from.runtimeClasses,
    to.runtimeClasses,
    facts => roster.setRuntimeClass(facts),
    name => roster.removeRuntimeClass(name),
  )
  applyMap(
    from.namespaceModes,
    to.namespaceModes,
    (label, name) => roster.setNamespaceMode(name, label),
    name => roster.removeNamespace(name),
  )
  for (const name of from.reports.keys()) if (!to.reports.has(name)) roster.removeReport(name)
  renewReports(roster, to, nowMs)
  applyMap(
    from.nodes,
    to.nodes,
    facts => roster.setNode(facts, nowMs),
    name => roster.removeNode(name),
  )
}

/** Makes every report count as moved at `nowMs`: a report read from a file is fresh from the moment it is read. */
export const renewReports = (roster: InventoryTarget, { reports }: InventoryContents, nowMs: number): void => {
  for (const report of reports.values()) roster.setReport(report, nowMs, nowMs)
}
