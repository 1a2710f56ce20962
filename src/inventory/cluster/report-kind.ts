import { isJsonObject, ownMember } from '../../admission/own-member.ts'
import type { Parsed } from '../../errors.ts'
import { reportMovedAtMs } from '../../report/freshness.ts'
import type { NodeReport } from '../../report/node-report.ts'
import { parseNodeReport, REPORT_API_VERSION, REPORT_KIND } from '../../report/parse-node-report.ts'
import type { InventoryTarget } from '../apply-inventory.ts'
import type { SharedParts } from './shared-parts.ts'
import { type WatchedKind, wireFormat } from './watched-kind.ts'

const WIRE = wireFormat({}, { apiVersion: true, kind: true, spec: true })

// Agents write at most 8 KiB. What is much longer was not written by one, and would be held in memory for each node.
const MAX_REPORT_CHARACTERS = 65_536

/** Reports: each counts from the moment at which we last saw its sequence move, by our own clock. */
export const reportKind = (
  roster: InventoryTarget,
  nowMs: () => number,
  shared: SharedParts,
): WatchedKind<NodeReport> => {
  const seen = new Map<string, { readonly report: NodeReport; readonly movedAtMs: number }>()
  return {
    name: 'reports',
    path: '/apis/soci-guard.dev/v1alpha1/nodesnapshotters',
    resource: { group: 'soci-guard.dev', resource: 'nodesnapshotters', verbs: ['list', 'watch'] },
    wire: WIRE,
    parse: (object, maxBytes) => {
      const parsed = parseReport(object, maxBytes)
      return parsed.ok ? { ok: true, value: compact(parsed.value, shared) } : parsed
    },
    put: report => {
      const movedAtMs = reportMovedAtMs(seen.get(report.name), report, nowMs())
      seen.set(report.name, { report, movedAtMs })
      roster.setReport(report, movedAtMs, nowMs())
    },
    remove: name => {
      seen.delete(name)
      roster.removeReport(name)
    },
  }
}

const parseReport = (object: unknown, maxBytes: number): Parsed<NodeReport> => {
  const length = maxBytes <= MAX_REPORT_CHARACTERS ? 0 : JSON.stringify(ownMember(object, 'spec') ?? null).length
  if (length > MAX_REPORT_CHARACTERS) {
    const message = `expected at most ${MAX_REPORT_CHARACTERS} characters; found ${length}`
    return { ok: false, problems: [{ path: 'spec', message }] }
  }
  // The items of some lists do not repeat what they are.
  return parseNodeReport(
    isJsonObject(object) ? { apiVersion: REPORT_API_VERSION, kind: REPORT_KIND, ...object } : object,
  )
}

// What the nodes of a cluster have in common is kept once.
const compact = (report: NodeReport, shared: SharedParts): NodeReport => {
  const { runtime, containers, images, agent } = report
  return {
    ...report,
    agent: { podUID: agent.podUID, version: shared.text(agent.version) },
    runtime: { ...runtime, name: shared.text(runtime.name), version: shared.text(runtime.version) },
    defaultSnapshotter: shared.part(report.defaultSnapshotter),
    snapshotters: shared.part(report.snapshotters),
    runtimeHandlers: shared.part(report.runtimeHandlers),
    containers: { bySnapshotter: shared.part(containers.bySnapshotter), foreign: shared.part(containers.foreign) },
    images: shared.part(images),
    sandboxImage: shared.part(report.sandboxImage),
    configTrap: shared.text(report.configTrap),
  }
}
