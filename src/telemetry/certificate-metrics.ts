import { Counter, Gauge, type Registry } from 'prom-client'
import type { CertificateRecorder } from '../controller/certificates/certificate-keeper.ts'

const OBJECT_OF = { writeAuthorities: 'authority', writeLeaf: 'serving', writeBundles: 'webhooks' } as const

/** Registers what is told of the certificates that the controller keeps; docs/metrics.md lists it. */
export const createCertificateMetrics = (registry: Registry): CertificateRecorder => {
  const registers = [registry]
  const expiry = new Gauge({
    name: 'soci_guard_controller_certificate_expiry_timestamp_seconds',
    help: 'When the newest authority and the serving certificate in their Secrets expire, Unix time.',
    labelNames: ['certificate'],
    registers,
  })
  const authorities = new Gauge({
    name: 'soci_guard_controller_certificate_authorities',
    help: 'Authorities in their Secret: 1, or more while one is being replaced.',
    registers,
  })
  const lastLook = new Gauge({
    name: 'soci_guard_controller_certificates_last_look_timestamp_seconds',
    help: 'When the certificates were last read and understood, Unix time; 0 before.',
    registers,
  })
  const writes = new Counter({
    name: 'soci_guard_controller_certificate_writes_total',
    help: 'Writes of certificates, by the object that they went into.',
    labelNames: ['object'],
    registers,
  })
  for (const object of Object.values(OBJECT_OF)) writes.inc({ object }, 0)

  const expires = (certificate: string, notAfterMs: number | undefined): void => {
    if (notAfterMs === undefined) expiry.remove({ certificate })
    else expiry.set({ certificate }, notAfterMs / 1000)
  }

  return {
    looked: (facts, nowMs) => {
      expires('authority', facts.authorities[0]?.notAfterMs)
      expires('serving', facts.leaf?.notAfterMs)
      authorities.set(facts.authorities.length)
      lastLook.set(nowMs / 1000)
    },
    wrote: step => writes.inc({ object: OBJECT_OF[step] }),
  }
}
