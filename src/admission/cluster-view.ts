import type { GuardConfiguration } from '../policy/configuration.ts'
import { effectiveMode } from '../policy/effective-mode.ts'
import type { Mode } from '../policy/mode.ts'
import type { Roster } from '../policy/roster.ts'
import type { Failure } from './subject.ts'

/** What one decision reads of the cluster, at one moment. */
export interface ClusterView {
  readonly roster: Pick<
    Roster,
    'judge' | 'knows' | 'reportOf' | 'namespaceMode' | 'runtimeClass' | 'candidates' | 'explain'
  >
  readonly configuration: GuardConfiguration
  readonly nowMs: number
  /** Why what is known may be out of date, as a clause; nothing while it is current. */
  readonly stale?: string | undefined
  /** True where a node that is not known can be asked for, before it is taken for one that does not exist. */
  readonly asksForNodes?: boolean
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

/** What came of asking for a node; when it exists the view knows it now. */
export type NodeLookup = { readonly found: true } | { readonly missing: true } | { readonly failure: Failure }

/** The decision depends on a node that is not known: ask for it, within the deadline, and decide again with the lookup. */
export interface NeedsNode {
  readonly kind: 'needsNode'
  readonly name: string
}

/** The effective mode of a namespace for a node whose pool wants `nodeMode`; without one, the configuration's mode. */
export const modeIn = (namespace: string, view: ClusterView, nodeMode: Mode = view.configuration.mode): Mode =>
  effectiveMode({
    nodeMode,
    namespaceLabel: view.roster.namespaceMode(namespace),
    configuration: view.configuration,
  })
