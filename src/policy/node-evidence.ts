import type { NodeReport } from '../report/node-report.ts'
import type { NodeFacts } from './node-facts.ts'

/** Everything a verdict on one node is made of, besides the configuration. */
export interface NodeEvidence {
  readonly name: string
  /** undefined when there is no Node object of that name. */
  readonly node: NodeFacts | undefined
  readonly report: NodeReport | undefined
  /** True while the report is within its time to live. */
  readonly fresh: boolean
  /** True in an outage that is answered with hold: the last facts of this boot are then used although they are not renewed. */
  readonly held?: boolean
}
