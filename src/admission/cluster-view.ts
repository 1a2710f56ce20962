import type { GuardConfiguration } from '../policy/configuration.ts'
import { effectiveMode } from '../policy/effective-mode.ts'
import type { Mode } from '../policy/mode.ts'
import type { Roster } from '../policy/roster.ts'

/** What one decision reads of the cluster, at one moment. */
export interface ClusterView {
  readonly roster: Pick<Roster, 'judge' | 'reportOf' | 'namespaceMode' | 'runtimeClass' | 'candidates' | 'explain'>
  readonly configuration: GuardConfiguration
  readonly nowMs: number
}

/** What a decision reads of a pod beside its node. */
export interface PodFacts {
  /** '' where the pod has none yet. */
  readonly uid: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** '' for a pod without a runtime class. */
  readonly runtimeClassName: string
}

/** What came of reading the pod that a binding names; `error` says why it could not be read, as a clause. */
export type PodLookup = { readonly found: PodFacts } | { readonly missing: true } | { readonly error: string }

/** The decision depends on a pod that is not in the request: read it, within the deadline, and ask again with the lookup. */
export interface NeedsPod {
  readonly kind: 'needsPod'
  readonly namespace: string
  readonly name: string
  /** The uid the pod must have, '' when the binding does not say. */
  readonly uid: string
}

/** The effective mode of a namespace for a node whose pool wants `nodeMode`; without one, the configuration's mode. */
export const modeIn = (namespace: string, view: ClusterView, nodeMode: Mode = view.configuration.mode): Mode =>
  effectiveMode({
    nodeMode,
    namespaceLabel: view.roster.namespaceMode(namespace),
    configuration: view.configuration,
  })
