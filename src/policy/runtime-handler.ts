import type { NodeReport, ReportedRuntimeHandler } from '../report/node-report.ts'

// A handler without a snapshotter of its own uses the default one, which the node's own verdict is about.
const usesOther = (handler: ReportedRuntimeHandler, expectedSnapshotter: string): boolean =>
  handler.snapshotter !== '' && handler.snapshotter !== expectedSnapshotter

/** The other snapshotter that the node's handler of this name would use; null when it uses the expected or the default one. */
export const handlerViolation = (
  report: NodeReport,
  handler: string,
  expectedSnapshotter: string,
): { readonly snapshotter: string } | null => {
  const found = report.runtimeHandlers.find(({ name }) => name === handler)
  return found !== undefined && usesOther(found, expectedSnapshotter) ? { snapshotter: found.snapshotter } : null
}

/** True when some handler of the node uses another snapshotter, so that a pod's runtime class matters there. */
export const hasOtherHandlers = (report: NodeReport, expectedSnapshotter: string): boolean =>
  report.runtimeHandlers.some(handler => usesOther(handler, expectedSnapshotter))
