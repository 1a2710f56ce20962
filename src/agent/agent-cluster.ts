import type { NodeReport } from '../report/node-report.ts'

/** The API server, as the loop needs it; everything rejects with the API client's error. */
export interface AgentCluster {
  /** The UID of the agent's own Node. */
  readNodeUID(signal: AbortSignal): Promise<string>
  /** The agent's own report; null when there is none. */
  readReport(signal: AbortSignal): Promise<NodeReport | null>
  /** Applies the JSON text of the report on the server; tells the UID of the object that it became. */
  publish(object: string, signal: AbortSignal): Promise<string>
}
