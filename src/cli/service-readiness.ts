import type { ReadinessCheck } from '../server/ops-server.ts'
import type { ServiceParts } from './service-metrics.ts'

/** What has to be there before an API server should ask this process, by the parts there are now, each with the sentence that /readyz shows. */
export const readinessChecks = (parts: ServiceParts): ReadinessCheck[] => [
  { name: 'certificate', check: () => (parts.certificate === undefined ? 'not loaded yet' : null) },
  ...(parts.cluster?.conditions ?? [{ name: 'inventory', check: () => 'not loaded yet' }]),
  {
    name: 'server',
    check: () => {
      if (parts.review === undefined) return 'not listening yet'
      return parts.review.phase() === 'serving' ? null : 'shutting down'
    },
  },
]
