import type { Toleration } from '../scheduling/pod-constraints.ts'

/** What is read of a RuntimeClass: the handler, and what it adds to the scheduling of its pods. */
export interface RuntimeClassFacts {
  readonly name: string
  readonly handler: string
  readonly nodeSelector: Readonly<Record<string, string>>
  readonly tolerations: readonly Toleration[]
}
