import { createCertificateKeeper } from '../controller/certificates/certificate-keeper.ts'
import type { ControllerPart } from '../controller/controller-part.ts'
import { GuardError } from '../errors.ts'
import { createCertificateMetrics } from '../telemetry/certificate-metrics.ts'
import type { ControllerContext } from './controller-context.ts'
import {
  AUTHORITY_SECRET,
  CERTIFICATE_SECRET,
  GUARD_SERVICE,
  serviceDnsNames,
  WEBHOOK_CONFIGURATION,
} from './webhook-objects.ts'

const POLL_MS = 5000

/** The keeper of the webhook's certificates; none where somebody else keeps them. */
export const certificateKeeper = (context: ControllerContext): ControllerPart[] => {
  const { settings, connection, logger, registry, nowMs, wallMs } = context
  if (settings.certificates === 'external') return []
  refuseHaste(context)
  const settleMs = settings.certificateSettleSeconds * 1000
  const keeper = createCertificateKeeper({
    connection,
    service: { namespace: settings.ownNamespace, name: GUARD_SERVICE, portName: 'https' },
    webhookConfiguration: WEBHOOK_CONFIGURATION,
    servingSecret: CERTIFICATE_SECRET,
    authoritySecret: AUTHORITY_SECRET,
    lives: {
      authorityMs: settings.authoritySeconds * 1000,
      servingMs: settings.servingCertificateSeconds * 1000,
      dnsNames: serviceDnsNames(settings.ownNamespace, GUARD_SERVICE),
    },
    times: { settleMs, lingerMs: 2 * settleMs },
    pollMs: POLL_MS,
    log: logger,
    recorder: createCertificateMetrics(registry),
    nowMs: wallMs,
    steadyMs: nowMs,
  })
  return [keeper]
}

// In the last third of its life a certificate is replaced; what has to be waited for must fit in there.
const refuseHaste = ({ settings }: ControllerContext): void => {
  const { certificateSettleSeconds, servingCertificateSeconds, authoritySeconds } = settings
  const wrongs: readonly [flag: string, seconds: number, least: number][] = [
    ['--serving-certificate-seconds', servingCertificateSeconds, 6 * certificateSettleSeconds],
    ['--authority-seconds', authoritySeconds, 9 * certificateSettleSeconds],
  ]
  for (const [flag, seconds, least] of wrongs) {
    if (seconds >= least) continue
    const message = `${flag} ${seconds}: expected at least ${least} with --certificate-settle-seconds ${certificateSettleSeconds}`
    throw new GuardError('SOCI_GUARD_USAGE', message)
  }
}
