/** What is read of a Node's condition: everything but its times. */
export interface NodeCondition {
  /** True, False or Unknown. */
  readonly status: string
  readonly reason: string
  readonly message: string
}
