// Where the edges meet: files, certificates, servers, metrics and log become one service.

import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAnswerReview } from '../server/answer-review.ts'
import type { ClientAuthority } from '../server/client-certificate.ts'
import type { DrainTimes } from '../server/drain.ts'
import { listen } from '../server/listen.ts'
import { createOpsServer } from '../server/ops-server.ts'
import { createReviewServer, type ReviewServer } from '../server/review-server.ts'
import type { TlsMinVersion } from '../server/tls-options.ts'
import type { BufferedLogger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { createRecorder } from '../telemetry/recorder.ts'
import { createCertificateSource } from '../tls/certificate-source.ts'
import type { CertificatePair } from '../tls/check-certificate.ts'
import { allAddresses } from './all-addresses.ts'
import { errorFields, logKept } from './reload-log.ts'
import type { ServedCluster } from './served-cluster.ts'
import { createServiceMetrics, type ServiceParts } from './service-metrics.ts'
import { readinessChecks } from './service-readiness.ts'

/** What a service is made from. */
export interface ServiceOptions {
  readonly config: string | undefined
  /** undefined: the cluster that the kubeconfig, or the pod around us, leads to. */
  readonly inventory: string | undefined
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly certDir: string
  /** undefined: all addresses. */
  readonly host: string | undefined
  readonly port: number
  readonly opsHost: string | undefined
  readonly opsPort: number
  readonly tlsMinVersion: TlsMinVersion
  readonly clientAuthority: ClientAuthority | null
  /** Lines about the process itself. */
  readonly log: BufferedLogger
  /** Lines about reviews; may be the same. */
  readonly audit: BufferedLogger
}

/** A service that answers reviews. */
export interface Service {
  readonly address: AddressInfo
  readonly opsAddress: AddressInfo
  /** Drains and closes; resolves when the last connection is gone. */
  stop(times: DrainTimes): Promise<void>
}

const CERTIFICATE_POLL_MS = 1000

/** Starts everything and resolves when reviews are answered; rejects with a GuardError when something is not as it must be. */
export const startService = async (options: ServiceOptions): Promise<Service> => {
  const { log, audit } = options
  const watching = new AbortController()
  const parts: ServiceParts = {}
  const { metrics, page } = createServiceMetrics(parts, new Set([log, audit]))
  const ops = createOpsServer({
    get checks() {
      return readinessChecks(parts)
    },
    metrics: page,
  })
  try {
    const opsAddress = await listen(ops, options.opsHost ?? allAddresses(), options.opsPort)
    const opening = openCluster(options, metrics, watching.signal)
    // The inventory is read while the servers start; whether that fails is asked below.
    const begun = opening.then(cluster => cluster.begin())
    begun.catch(() => {})
    const [cluster, certificate] = await Promise.all([opening, loadCertificate(options, parts, watching.signal)])
    parts.cluster = cluster
    parts.certificate = certificate
    const review = await buildReviewServer(options, cluster, certificate, metrics)
    parts.review = review
    const address = await review.listen(options.host ?? allAddresses(), options.port)
    await begun
    const stop = async (times: DrainTimes): Promise<void> => {
      await review.drain(times)
      watching.abort()
      await closeAtOnce(ops)
    }
    return { address, opsAddress, stop }
  } catch (error) {
    watching.abort()
    await Promise.all([parts.review?.close(), closeAtOnce(ops)])
    throw error
  }
}

// Probes and scrapes are short, and nobody minds one that is cut off by the end of the process.
const closeAtOnce = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const openCluster = async (options: ServiceOptions, metrics: Metrics, signal: AbortSignal): Promise<ServedCluster> => {
  const { config, inventory, kubeconfig, context, env } = options
  const shared = {
    config,
    logger: options.log.logger,
    signal,
    configurationReloaded: (result: 'success' | 'failure') => metrics.configurationReloaded(result, Date.now()),
  }
  // Only one of the two is loaded: each is a good part of what a start takes.
  return inventory === undefined
    ? (await import('./live-cluster.ts')).openLiveCluster({ ...shared, kubeconfig, context, env })
    : (await import('./file-cluster.ts')).openFileCluster({ ...shared, inventory })
}

const loadCertificate = (
  options: ServiceOptions,
  parts: ServiceParts,
  signal: AbortSignal,
): Promise<CertificatePair> => {
  const { logger } = options.log
  const source = createCertificateSource({
    directory: options.certDir,
    pollMs: CERTIFICATE_POLL_MS,
    onChange: pair => {
      parts.review?.setCertificate(pair)
      parts.certificate = pair
      logger.info({ what: 'certificate', notAfter: new Date(pair.notAfterMs).toISOString() }, 'reloaded')
    },
    onError: error => logKept(logger, 'certificate', error),
    signal,
  })
  return source.load()
}

const buildReviewServer = (
  options: ServiceOptions,
  cluster: ServedCluster,
  certificate: CertificatePair,
  metrics: Metrics,
): Promise<ReviewServer> => {
  const { logger } = options.log
  const failed = (error: unknown): void => logger.error(errorFields(error), 'a defect, please report it')
  return createReviewServer({
    answer: createAnswerReview({
      view: cluster.view,
      loaded: cluster.loaded,
      readPod: cluster.readPod,
      ...(cluster.findNode && { findNode: cluster.findNode }),
      record: createRecorder(metrics, options.audit.logger),
      failed,
    }),
    certificate,
    minVersion: options.tlsMinVersion,
    clientAuthority: options.clientAuthority,
    bodyTooLarge: metrics.bodyTooLarge,
    failed,
  })
}
