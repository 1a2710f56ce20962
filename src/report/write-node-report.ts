import type { NodeReport } from './node-report.ts'

/** The spec of a NodeSnapshotter object that says what the report says: every fact, a latch only where there is one. */
export const reportSpec = ({ name: _, mixed, ...facts }: NodeReport): Record<string, unknown> => ({
  ...facts,
  ...(mixed === null ? {} : { mixed }),
})
