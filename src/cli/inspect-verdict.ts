import type { GuardConfiguration } from '../policy/configuration.ts'
import { judgeNode } from '../policy/judge-node.ts'
import type { NodeFacts } from '../policy/node-facts.ts'
import type { NodeVerdict } from '../policy/node-verdict.ts'
import { CALLS } from '../report/facts/calls.ts'
import { answerTo, type Observation } from '../report/facts/observation.ts'
import { fieldOf, textOf } from '../report/facts/raw-fields.ts'
import { reportFacts } from '../report/facts/report-facts.ts'
import { formatRfc3339 } from '../report/format-rfc3339.ts'
import type { NodeReport } from '../report/node-report.ts'
import { VERSION } from './version.ts'

/** What `inspect` says about a node. */
export interface Inspection {
  readonly verdict: NodeVerdict
  readonly report: NodeReport
}

/** The verdict on a node by an observation of it alone: by the same facts and rules as for a report in a cluster. */
export const judgeObservation = (
  observation: Observation,
  expectedSnapshotter: string,
  configuration: GuardConfiguration,
): Inspection => {
  const report = reportOf(observation, expectedSnapshotter)
  const evidence = { name: report.name, node: nodeOf(report), report: identified(report), fresh: true }
  // A node's pool depends on its labels, which only the cluster knows.
  return { report, verdict: judgeNode(evidence, { ...configuration, expectedSnapshotter, pools: [] }) }
}

const reportOf = (observation: Observation, expectedSnapshotter: string): NodeReport => {
  const host = answerTo(observation, CALLS.host)
  const bootTime = fieldOf(host, 'bootTimeMs')
  const bootTimeMs = typeof bootTime === 'number' ? bootTime : null
  return {
    name: textOf(host, 'name') || 'this-node',
    nodeUID: '',
    bootID: textOf(host, 'bootID'),
    bootTime: formatRfc3339(bootTimeMs),
    agent: { podUID: '', version: VERSION },
    ...reportFacts(observation, { expectedSnapshotter, bootTimeMs }),
    mixed: null,
    verified: true,
    sequence: 0,
    renewTime: '',
  }
}

// Without a cluster there is no Node object; the one who looks is on the node, in this boot.
const PLACEHOLDER = 'inspected'

const identified = (report: NodeReport): NodeReport => ({ ...report, nodeUID: PLACEHOLDER, bootID: PLACEHOLDER })

const nodeOf = ({ name }: NodeReport): NodeFacts => ({
  name,
  labels: {},
  taints: [],
  unschedulable: false,
  uid: PLACEHOLDER,
  bootID: PLACEHOLDER,
  containerRuntimeVersion: '',
  operatingSystem: 'linux',
  creationTimestamp: '',
})
