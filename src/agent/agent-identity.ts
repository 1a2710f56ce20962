/** Who reports, about which node and which boot; it stays the same for the life of the process. */
export interface AgentIdentity {
  readonly nodeName: string
  /** The UID of the agent's own pod. */
  readonly podUID: string
  readonly version: string
  readonly expectedSnapshotter: string
  readonly bootID: string
  /** RFC 3339; '' where it could not be told. */
  readonly bootTime: string
}
