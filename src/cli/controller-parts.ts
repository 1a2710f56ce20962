// What a controller does, one line each. A part may fail and mend itself; none of them waits for another.
import { createBlockedNodesKeeper } from '../controller/blocked-nodes/blocked-nodes-keeper.ts'
import { createBlockedNodesStore } from '../controller/blocked-nodes/blocked-nodes-store.ts'
import { createBrakeAnnouncer } from '../controller/brake-announcer.ts'
import type { ControllerPart } from '../controller/controller-part.ts'
import { createNodeApi } from '../controller/nodes/node-api.ts'
import { createNodeMarker } from '../controller/nodes/node-marker.ts'
import { createBlockedNodesMetrics } from '../telemetry/blocked-nodes-metrics.ts'
import { createBrakeMetrics } from '../telemetry/brake-metrics.ts'
import { createMarkMetrics } from '../telemetry/mark-metrics.ts'
import { certificateKeeper } from './certificate-keeper.ts'
import type { ControllerContext } from './controller-context.ts'
import { podAudit } from './pod-audit.ts'

/** The parts that need no inventory: they begin when the process does. */
export const partsAtOnce = (context: ControllerContext): ControllerPart[] => [...certificateKeeper(context)]

/** The parts that go by the verdicts: they begin when everything has been listed once. */
export const partsOfVerdicts = (context: ControllerContext): ControllerPart[] => [
  brakeAnnouncer(context),
  nodeMarker(context),
  blockedNodes(context),
  ...podAudit(context),
]

const brakeAnnouncer = ({ brake, connection, settings, instance, logger, registry, wallMs }: ControllerContext) => {
  createBrakeMetrics(registry, brake)
  return createBrakeAnnouncer({ brake, connection, namespace: settings.ownNamespace, instance, log: logger, wallMs })
}

const nodeMarker = (context: ControllerContext): ControllerPart => {
  const { connection, cluster, feed, brake, settings, registry, logger, nowMs, wallMs, random, signal } = context
  const metrics = createMarkMetrics(registry, { queued: part => marker.queued(part) })
  const marker = createNodeMarker({
    api: createNodeApi(connection, signal),
    feed,
    roster: cluster.roster,
    configuration: () => cluster.view().configuration,
    brake,
    recorder: metrics,
    log: logger,
    writesPerSecond: settings.nodeWritesPerSecond,
    nowMs,
    wallMs,
    random,
  })
  return marker
}

const blockedNodes = (context: ControllerContext): ControllerPart => {
  const { connection, cluster, feed, brake, registry, logger, nowMs, wallMs, random } = context
  return createBlockedNodesKeeper({
    store: signal => createBlockedNodesStore(connection, signal),
    feed,
    brake,
    configuration: () => cluster.view().configuration,
    recorder: createBlockedNodesMetrics(registry, wallMs),
    log: logger,
    nowMs,
    random,
  })
}
