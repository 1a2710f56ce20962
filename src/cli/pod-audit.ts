import { auditTimes } from '../controller/audit/audit-times.ts'
import { createPodAudit } from '../controller/audit/pod-audit.ts'
import type { ControllerPart } from '../controller/controller-part.ts'
import { createPodAuditMetrics } from '../telemetry/pod-audit-metrics.ts'
import { createClusterOwners } from './cluster-owners.ts'
import { readClusterPods } from './cluster-pods.ts'
import type { ControllerContext } from './controller-context.ts'
import { findWorkloads } from './find-workloads.ts'
import { createFindWorkload } from './owner-lookup.ts'
import { createRememberedOwners } from './remembered-owners.ts'

const OWNER_LIMITS = { maxLookUps: 1000, maxRemembered: 20_000 }

/** The audit of running pods; none where the settings switch it off. */
export const podAudit = (context: ControllerContext): ControllerPart[] => {
  const { settings, connection, cluster, registry, logger, wallMs } = context
  if (settings.auditSeconds === 0) return []
  const owners = createRememberedOwners(createClusterOwners(connection), OWNER_LIMITS)
  return [
    createPodAudit({
      ...context,
      view: cluster.view,
      uidOfNode: name => cluster.roster.factsOf(name)?.uid ?? '',
      readPods: (nodes, createTaker) =>
        readClusterPods(connection, { nodes, namespace: undefined, selector: undefined }, createTaker),
      findWorkloads: directs => {
        owners.beginLook()
        return findWorkloads(directs, createFindWorkload(owners.read))
      },
      recorder: createPodAuditMetrics(registry, wallMs),
      log: logger,
      times: auditTimes(settings.auditSeconds * 1000),
      namespace: settings.ownNamespace,
    }),
  ]
}
