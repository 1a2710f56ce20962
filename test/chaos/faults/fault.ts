/** Something that breaks for a while. */
export interface Fault {
  name: string
  /** Breaks it; resolves once it is broken. */
  begin(): Promise<void>
  /** Mends it; resolves once it works as before. */
  end(): Promise<void>
}
