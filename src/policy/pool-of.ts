import { matchesLabelSelector } from '../scheduling/match-label-selector.ts'
import type { SchedulingNode } from '../scheduling/scheduling-node.ts'
import type { GuardConfiguration, Pool } from './configuration.ts'

const EVERY_NODE = { matchLabels: {}, matchExpressions: [] }

/** The first pool whose selector matches the node, or one without a name that holds the configuration's defaults. */
export const poolOf = (node: Pick<SchedulingNode, 'labels'>, configuration: GuardConfiguration): Pool =>
  configuration.pools.find(pool => matchesLabelSelector(pool.nodeSelector, node.labels)) ?? defaultPool(configuration)

/** The pool of nodes that no pool matches: judged by reports, in the configuration's mode. */
export const defaultPool = ({ mode, expectedSnapshotter }: GuardConfiguration): Pool => ({
  name: '',
  nodeSelector: EVERY_NODE,
  mode,
  expectedSnapshotter,
  evidence: 'report',
  readyLabels: {},
})
