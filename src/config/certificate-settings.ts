import type { Setting } from './setting.ts'

/** The rows of the settings table about the certificates that the controller keeps. */
export const CERTIFICATE_SETTINGS = {
  certificates: {
    kind: 'choice',
    flag: 'certificates',
    variable: 'SOCI_GUARD_CERTIFICATES',
    placeholder: 'KEEPER',
    choices: ['controller', 'external'],
    default: 'controller',
    description: 'who makes and renews the certificates of the webhook; external: cert-manager, or a person',
    commands: ['controller'],
  },
  authoritySeconds: {
    kind: 'integer',
    flag: 'authority-seconds',
    variable: 'SOCI_GUARD_AUTHORITY_SECONDS',
    placeholder: 'SECONDS',
    minimum: 5,
    maximum: 315_360_000,
    default: 94_608_000,
    description: 'how long a certificate authority is valid; it is replaced after two thirds of that',
    commands: ['controller'],
  },
  servingCertificateSeconds: {
    kind: 'integer',
    flag: 'serving-certificate-seconds',
    variable: 'SOCI_GUARD_SERVING_CERTIFICATE_SECONDS',
    placeholder: 'SECONDS',
    minimum: 5,
    maximum: 315_360_000,
    default: 7_776_000,
    description: 'how long a serving certificate is valid; it is replaced after two thirds of that',
    commands: ['controller'],
  },
  certificateSettleSeconds: {
    kind: 'integer',
    flag: 'certificate-settle-seconds',
    variable: 'SOCI_GUARD_CERTIFICATE_SETTLE_SECONDS',
    placeholder: 'SECONDS',
    minimum: 1,
    maximum: 3600,
    default: 60,
    description:
      'how long API servers are given to learn of a new authority, and kubelets half of what they are given to bring a certificate',
    commands: ['controller'],
  },
} as const satisfies Record<string, Setting>
