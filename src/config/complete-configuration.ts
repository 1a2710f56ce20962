import type { Exemptions, GuardConfiguration, Pool } from '../policy/configuration.ts'
import type { LabelSelector } from '../scheduling/label-selector.ts'
import type {
  ConfigurationDocument,
  LabelSelectorDocument,
  LabelSelectorRequirementDocument,
  PoolDocument,
} from './configuration-document.ts'
import { DEFAULT_CONFIGURATION } from './default-configuration.ts'

/** The configuration that a valid document stands for: defaults filled in, a pool's from the document, and frozen. */
export const completeConfiguration = (document: ConfigurationDocument): GuardConfiguration => {
  const defaults = DEFAULT_CONFIGURATION
  const expectedSnapshotter = document.expectedSnapshotter ?? defaults.expectedSnapshotter
  const mode = document.mode ?? defaults.mode
  return Object.freeze({
    expectedSnapshotter,
    mode,
    reportTTLMs: msOr(document.reportTTLSeconds, defaults.reportTTLMs),
    namespaceModes: document.namespaceModes ?? defaults.namespaceModes,
    unverified: document.unverified ?? defaults.unverified,
    couldNotTell: document.couldNotTell ?? defaults.couldNotTell,
    inventoryStaleMs: msOr(document.inventoryStaleSeconds, defaults.inventoryStaleMs),
    pools: Object.freeze((document.pools ?? []).map(pool => completePool(pool, { expectedSnapshotter, mode }))),
    outage: Object.freeze({ ...defaults.outage, ...document.outage }),
    violations: new Set(document.violations ?? []),
    exemptions: completeExemptions(document.exemptions ?? {}),
  })
}

const msOr = (seconds: number | undefined, defaultMs: number): number =>
  seconds === undefined ? defaultMs : seconds * 1000

const completePool = (pool: PoolDocument, defaults: Pick<Pool, 'expectedSnapshotter' | 'mode'>): Pool =>
  Object.freeze({
    name: pool.name,
    nodeSelector: completeSelector(pool.nodeSelector ?? {}),
    mode: pool.mode ?? defaults.mode,
    expectedSnapshotter: pool.expectedSnapshotter ?? defaults.expectedSnapshotter,
    evidence: pool.evidence ?? 'report',
    readyLabels: Object.freeze({ ...pool.readyLabels }),
  })

const completeExemptions = (exemptions: NonNullable<ConfigurationDocument['exemptions']>): Exemptions => {
  const selector = completeSelector(exemptions.podSelector ?? {})
  const isEmpty = Object.keys(selector.matchLabels).length === 0 && selector.matchExpressions.length === 0
  return Object.freeze({
    namespaces: new Set(exemptions.namespaces ?? DEFAULT_CONFIGURATION.exemptions.namespaces),
    users: new Set(exemptions.users ?? []),
    groups: new Set(exemptions.groups ?? []),
    runtimeClasses: new Set(exemptions.runtimeClasses ?? []),
    // To Kubernetes an empty selector matches everything; here that would switch the webhook off by two braces.
    podSelector: isEmpty ? null : selector,
  })
}

const completeSelector = (selector: LabelSelectorDocument): LabelSelector =>
  Object.freeze({
    matchLabels: Object.freeze({ ...selector.matchLabels }),
    matchExpressions: Object.freeze((selector.matchExpressions ?? []).map(completeRequirement)),
  })

const completeRequirement = ({ key, operator, values }: LabelSelectorRequirementDocument) =>
  Object.freeze({ key, operator, values: Object.freeze([...(values ?? [])]) })
