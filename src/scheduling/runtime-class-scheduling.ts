import type { Toleration } from './pod-constraints.ts'

/** The scheduling part of a RuntimeClass: merged into every pod of the class when it is created. */
export interface RuntimeClassScheduling {
  readonly nodeSelector: Readonly<Record<string, string>>
  readonly tolerations: readonly Toleration[]
}
