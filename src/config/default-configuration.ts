import type { GuardConfiguration } from '../policy/configuration.ts'

/** What holds without a configuration file, and for every field that a file leaves out. */
export const DEFAULT_CONFIGURATION: GuardConfiguration = Object.freeze({
  expectedSnapshotter: 'soci',
  mode: 'enforce',
  reportTTLMs: 150_000,
  namespaceModes: true,
  unverified: 'deny',
  couldNotTell: 'deny',
  inventoryStaleMs: 180_000,
  pools: Object.freeze([]),
  outage: Object.freeze({ fraction: 0.55, answer: 'hold' }),
  violations: new Set<never>(),
  exemptions: Object.freeze({
    // Without these two a bad node could keep the cluster's own repair, and this webhook's, from running.
    namespaces: new Set(['kube-system', 'soci-guard-system']),
    users: new Set<string>(),
    groups: new Set<string>(),
    runtimeClasses: new Set<string>(),
    podSelector: null,
  }),
})
