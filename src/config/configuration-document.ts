import type { UncertainAnswer } from '../policy/configuration.ts'
import type { Mode } from '../policy/mode.ts'
import type { Advisory } from '../policy/reasons.ts'
import type { LabelSelectorRequirement } from '../scheduling/label-selector.ts'

/** A label selector as somebody wrote it, after the schema has passed it. */
export interface LabelSelectorDocument {
  readonly matchLabels?: Readonly<Record<string, string>> | null
  readonly matchExpressions?: readonly LabelSelectorRequirementDocument[] | null
}

/** An expression as somebody wrote it, after the schema has passed it. */
export interface LabelSelectorRequirementDocument {
  readonly key: string
  readonly operator: LabelSelectorRequirement['operator']
  readonly values?: readonly string[] | null
}

/** A pool as somebody wrote it, after the schema has passed it. */
export interface PoolDocument {
  readonly name: string
  readonly nodeSelector?: LabelSelectorDocument | null
  readonly mode?: Mode
  readonly expectedSnapshotter?: string
  readonly evidence?: 'report' | 'label'
  readonly readyLabels?: Readonly<Record<string, string>> | null
}

/** A GuardConfiguration as somebody wrote it, after the schema (schemas/guard-configuration.schema.json) has passed it. */
export interface ConfigurationDocument {
  readonly expectedSnapshotter?: string
  readonly mode?: Mode
  readonly reportTTLSeconds?: number
  readonly namespaceModes?: boolean
  readonly unverified?: UncertainAnswer
  readonly couldNotTell?: UncertainAnswer
  readonly inventoryStaleSeconds?: number
  readonly pools?: readonly PoolDocument[] | null
  readonly outage?: { readonly fraction?: number; readonly answer?: 'hold' | 'deny' } | null
  readonly violations?: readonly Advisory[] | null
  readonly exemptions?: {
    readonly namespaces?: readonly string[] | null
    readonly users?: readonly string[] | null
    readonly groups?: readonly string[] | null
    readonly runtimeClasses?: readonly string[] | null
    readonly podSelector?: LabelSelectorDocument | null
  } | null
}
