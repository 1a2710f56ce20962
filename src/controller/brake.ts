/** While it is on, what is held against nodes stays as it is and little or nothing is added. It goes on and off by itself. */
export interface Brake {
  /** Why it is on, in words for a person, as of now or a moment ago; null while it is off. */
  reason(): string | null
}

/**
 * How strong the brake is. `late`: so many reports are overdue that an outage is to be expected, and nothing is held against a node
 * for lack of evidence. `outage`: nothing new at all is held against any node.
 */
export type BrakeLevel = 'off' | 'late' | 'outage'

/** A brake that tells how strong it is. */
export interface GradedBrake extends Brake {
  level(): BrakeLevel
}
