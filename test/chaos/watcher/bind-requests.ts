import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** A request that placed a pod, or tried to, as the API server's audit log tells of it. */
export interface PlaceRequest {
  /** `namespace/name` of the pod. */
  pod: string
  receivedMs: number
  answeredMs: number
  code: number
  message: string
}

interface AuditLine {
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string }
  verb: string
  requestReceivedTimestamp: string
  stageTimestamp: string
  responseStatus?: { code?: number; message?: string }
  requestURI: string
}

/** Reads every bind and every creation of a pod from an audit log, dry runs left out; a last line that a kill cut off is passed over. */
export async function readPlaceRequests(path: string): Promise<PlaceRequest[]> {
  const requests: PlaceRequest[] = []
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    // Most lines are about other things, and parsing is what takes the time.
    if (!line.includes('"verb":"create"') || !line.includes('"resource":"pods"') || !line.endsWith('}')) continue
    const { objectRef = {}, requestURI, responseStatus, ...times } = JSON.parse(line) as AuditLine
    const isPlacing = objectRef.subresource === undefined || objectRef.subresource === 'binding'
    if (!isPlacing || requestURI.includes('dryRun=')) continue
    requests.push({
      pod: `${objectRef.namespace}/${objectRef.name}`,
      receivedMs: Date.parse(times.requestReceivedTimestamp),
      answeredMs: Date.parse(times.stageTimestamp),
      code: responseStatus?.code ?? 0,
      message: responseStatus?.message ?? '',
    })
  }
  return requests
}
