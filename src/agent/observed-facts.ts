import type { Facts } from '../report/facts/report-facts.ts'
import type { NodeReport } from '../report/node-report.ts'

/** What a sweep comes to: the part of a report that containerd tells. */
export type ObservedFacts = Facts

/** What is known before containerd has told anything: every fact "could not tell". */
export const NO_FACTS: ObservedFacts = {
  runtime: { name: '', version: '', rootUUID: '', session: null, criError: '' },
  defaultSnapshotter: { name: '', source: '' },
  snapshotters: [],
  runtimeHandlers: [],
  containers: { bySnapshotter: null, foreign: null },
  images: { total: null, foreign: null, stranded: null, recoverable: null, missing: null },
  sandboxImage: { reference: '', status: 'Unknown' },
  discardUnpackedLayers: null,
  snapshotAnnotations: null,
  configTrap: '',
  registryAuthentication: 'Unknown',
}

/** The facts that a report carries. */
export const factsOf = (report: NodeReport): ObservedFacts => ({
  runtime: report.runtime,
  defaultSnapshotter: report.defaultSnapshotter,
  snapshotters: report.snapshotters,
  runtimeHandlers: report.runtimeHandlers,
  containers: report.containers,
  images: report.images,
  sandboxImage: report.sandboxImage,
  discardUnpackedLayers: report.discardUnpackedLayers,
  snapshotAnnotations: report.snapshotAnnotations,
  configTrap: report.configTrap,
  registryAuthentication: report.registryAuthentication,
})
