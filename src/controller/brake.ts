/** Why nothing new is held against nodes for lack of evidence, in words for a person; null while there is no reason to. */
export type BrakeReason = string | null

/** While it is on, nothing new is held against a node: what is, stays. It goes on and off by itself. */
export interface Brake {
  /** As of now. */
  reason(): BrakeReason
}
