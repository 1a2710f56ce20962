import type { Setting } from './setting.ts'

/** The rows of the settings table that only the controller knows. */
export const CONTROLLER_SETTINGS = {
  ownNamespace: {
    kind: 'text',
    flag: 'own-namespace',
    variable: 'SOCI_GUARD_OWN_NAMESPACE',
    placeholder: 'NAME',
    default: 'soci-guard-system',
    description: 'namespace that soci-guard is installed in, for its Secrets and the Events about itself',
    commands: ['controller'],
  },
  nodeWritesPerSecond: {
    kind: 'integer',
    flag: 'node-writes-per-second',
    variable: 'SOCI_GUARD_NODE_WRITES_PER_SECOND',
    placeholder: 'NUMBER',
    minimum: 1,
    maximum: 1000,
    default: 100,
    description: 'how many taints, labels and conditions are written a second at most, after a burst of twice as many',
    commands: ['controller'],
  },
  auditSeconds: {
    kind: 'integer',
    flag: 'audit-seconds',
    variable: 'SOCI_GUARD_AUDIT_SECONDS',
    placeholder: 'SECONDS',
    minimum: 0,
    maximum: 86_400,
    default: 300,
    description: 'how often running pods on violating nodes are looked for, beside when a verdict changes; 0: never',
    commands: ['controller'],
  },
} as const satisfies Record<string, Setting>
