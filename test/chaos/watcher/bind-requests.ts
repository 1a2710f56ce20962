import { createReadStream, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
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

/**
 * Reads every bind and every creation of a pod from an audit log and the parts of it that were put aside when it grew (past 100 MB),
 * dry runs left out; a last line that a kill cut off is passed over.
 */
export async function readPlaceRequests(path: string): Promise<PlaceRequest[]> {
  const stem = basename(path, '.log')
  const parts = readdirSync(dirname(path)).filter(name => name.startsWith(stem) && name.endsWith('.log'))
  const requests: PlaceRequest[] = []
  for (const part of parts) {
    const input = createReadStream(join(dirname(path), part))
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const request = placeRequest(line)
      if (request) requests.push(request)
    }
  }
  return requests
}

function placeRequest(line: string): PlaceRequest | undefined {
  // Most lines are about other things, and parsing is what takes the time.
  const mayBe = line.includes('"verb":"create"') && line.includes('"resource":"pods"') && line.endsWith('}')
  if (!mayBe) return undefined
  const { objectRef = {}, requestURI, responseStatus, ...times } = JSON.parse(line) as AuditLine
  const isPlacing = objectRef.subresource === undefined || objectRef.subresource === 'binding'
  if (!isPlacing || requestURI.includes('dryRun=')) return undefined
  return {
    pod: `${objectRef.namespace}/${objectRef.name}`,
    receivedMs: Date.parse(times.requestReceivedTimestamp),
    answeredMs: Date.parse(times.stageTimestamp),
    code: responseStatus?.code ?? 0,
    message: responseStatus?.message ?? '',
  }
}
