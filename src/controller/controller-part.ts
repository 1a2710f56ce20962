/** One thing that the controller does beside its others; it may fail and mend itself, and never ends the process. */
export interface ControllerPart {
  /** For the log and /readyz. */
  readonly name: string
  /** Called once, when every kind of the inventory has been listed. */
  start(): void
  /** Ends what is under way, at the latest after a few seconds; what is half done must be safe to find. */
  stop(): Promise<void>
  /** Lines for the body of /readyz that do not make the controller unready, for example that the brake is on. */
  remarks?(): readonly string[]
}
