import { Registry } from 'prom-client'
import type { MetricsPage } from '../server/ops-server.ts'
import type { ReviewServer } from '../server/review-server.ts'
import type { BufferedLogger } from '../telemetry/logger.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import type { CertificatePair } from '../tls/check-certificate.ts'
import type { ServedCluster } from './served-cluster.ts'
import { VERSION } from './version.ts'

/** The parts of a service, filled in as they come to be; metrics and readiness look at them. */
export interface ServiceParts {
  cluster?: ServedCluster
  /** The pair that is served now. */
  certificate?: CertificatePair
  review?: ReviewServer
}

const NO_NODES = { Ready: 0, NotDefault: 0, Mixed: 0, Broken: 0, Unverified: 0 } as const

const oldest = (agesMs: readonly number[]): number | null => (agesMs.length === 0 ? null : Math.max(...agesMs))

/** The metrics of a service, which tell what its parts are at each scrape, and their page. */
export const createServiceMetrics = (
  parts: ServiceParts,
  logs: ReadonlySet<BufferedLogger>,
): { metrics: Metrics; page: () => Promise<MetricsPage> } => {
  const registry = new Registry()
  const sources = {
    stateCounts: () => parts.cluster?.roster.stateCounts() ?? NO_NODES,
    inventoryAgeMs: () => oldest(Object.values(parts.cluster?.agesMs() ?? {})),
    inventoryAgesMs: () => parts.cluster?.agesMs() ?? {},
    certificateNotAfterMs: () => parts.certificate?.notAfterMs ?? null,
    inFlight: () => parts.review?.inFlight() ?? 0,
    outage: () => parts.cluster?.roster.outage ?? false,
    droppedLogLines: () => [...logs].reduce((sum, log) => sum + log.droppedLines(), 0),
  }
  return {
    metrics: createMetrics(registry, sources, VERSION),
    page: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}
