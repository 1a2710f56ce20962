import type { LabelSelector } from '../scheduling/label-selector.ts'
import type { Mode } from './mode.ts'
import type { Advisory } from './reasons.ts'

/** What Unverified, or an answer that could not be told, means to an enforcing webhook. */
export type UncertainAnswer = 'deny' | 'warn' | 'allow'

/** A group of nodes that share a mode, an expected snapshotter and a kind of evidence; the first match wins. */
export interface Pool {
  readonly name: string
  readonly nodeSelector: LabelSelector
  readonly mode: Mode
  readonly expectedSnapshotter: string
  readonly evidence: 'report' | 'label'
  /** With label evidence: the labels a node must carry, all of them, to be Ready. */
  readonly readyLabels: Readonly<Record<string, string>>
}

/** Who is never judged. An empty pod selector exempts nobody. */
export interface Exemptions {
  readonly namespaces: ReadonlySet<string>
  readonly users: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly runtimeClasses: ReadonlySet<string>
  /** null when no selector, or an empty one, is configured. */
  readonly podSelector: LabelSelector | null
}

/** A validated GuardConfiguration with every default filled in; frozen, replaced as a whole on reload. */
export interface GuardConfiguration {
  readonly expectedSnapshotter: string
  readonly mode: Mode
  readonly reportTTLMs: number
  readonly namespaceModes: boolean
  readonly unverified: UncertainAnswer
  /** What an enforcing webhook answers to what it could not decode or decide. */
  readonly couldNotTell: UncertainAnswer
  /** For how long nothing need be heard of the cluster before what is known of it counts as out of date. */
  readonly inventoryStaleMs: number
  readonly pools: readonly Pool[]
  readonly outage: { readonly fraction: number; readonly answer: 'hold' | 'deny' }
  readonly violations: ReadonlySet<Advisory>
  readonly exemptions: Exemptions
}
