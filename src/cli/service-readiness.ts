import type { ReadinessCheck } from '../server/ops-server.ts'
import type { ServiceParts } from './service-metrics.ts'

/** What has to be there before an API server should ask this process, each with the sentence that /readyz shows. */
export const readinessChecks = (parts: ServiceParts): ReadinessCheck[] => [
  { name: 'certificate', check: () => (parts.certificate === undefined ? 'not loaded yet' : null) },
  { name: 'inventory', check: () => (parts.cluster?.inventory.loaded() === true ? null : 'not loaded yet') },
  {
    name: 'server',
    check: () => {
      if (parts.review === undefined) return 'not listening yet'
      return parts.review.phase() === 'serving' ? null : 'shutting down'
    },
  },
]
