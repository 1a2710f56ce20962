// A fake API server that takes reports by server-side apply, with the rule of the agents' policy that numbers grow.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { statusOf } from '../support/fake-api-collection.ts'
import { type FakeApiServer, startFakeApiServer } from '../support/fake-api-server.ts'

/** The object of a report, as it was applied. */
export interface AppliedReport {
  readonly metadata: { readonly name: string; readonly uid: string; readonly ownerReferences: readonly object[] }
  readonly spec: Record<string, unknown> & {
    readonly agent: { readonly podUID: string }
    readonly sequence: number
    readonly verified: boolean
  }
}

/** What a publication gets instead of being taken. */
export interface Refusal {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly headers?: Record<string, string>
}

/** The server, and what happens to publications. */
export interface FakeReportApi {
  readonly server: FakeApiServer
  /** Every report that was taken, in order. */
  readonly applied: AppliedReport[]
  /** The URL and content type of the last publication. */
  readonly last: { url: string; contentType: string }
  /** Answered once each, in order, before anything is taken. */
  readonly refusals: Refusal[]
  /** While set, publications are not answered. */
  isSilent: boolean
  /** Forgets the reports, as the garbage collector does. */
  collect(name: string): void
}

/** Starts one; close its server. */
export const startFakeReportApi = async (): Promise<FakeReportApi> => {
  const server = await startFakeApiServer()
  let objects = 0
  const uids = new Map<string, string>()
  const api: FakeReportApi = {
    server,
    applied: [],
    last: { url: '', contentType: '' },
    refusals: [],
    isSilent: false,
    collect: name => {
      uids.delete(name)
      server.reports.remove(name)
    },
  }

  const take = (text: string): Refusal | AppliedReport => {
    const { metadata, ...object } = JSON.parse(text) as AppliedReport
    const held = server.reports.get(metadata.name)
    const sequence = held === undefined ? 0 : (JSON.parse(held) as AppliedReport).spec.sequence
    if (object.spec.sequence <= sequence) {
      const message = "ValidatingAdmissionPolicy 'soci-guard-agent-own-node' denied request: spec.sequence must grow"
      return { code: 403, reason: 'Forbidden', message }
    }
    const uid = uids.get(metadata.name) ?? `object-${++objects}`
    uids.set(metadata.name, uid)
    const taken = { ...object, metadata: { ...metadata, uid } }
    server.reports.put(taken)
    api.applied.push(taken)
    return taken
  }

  const answer = (response: ServerResponse, result: Refusal | AppliedReport): void => {
    const isTaken = 'spec' in result
    const headers = isTaken ? {} : result.headers
    response.writeHead(isTaken ? 200 : result.code, { 'content-type': 'application/json', ...headers })
    response.end(isTaken ? JSON.stringify(result) : statusOf(result.code, result.reason, result.message))
  }

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    Object.assign(api.last, { url: request.url, contentType: request.headers['content-type'] })
    if (api.isSilent) return
    answer(response, api.refusals.shift() ?? take(Buffer.concat(chunks).toString('utf8')))
  }

  server.intercept = (request, response) => {
    if (request.method !== 'PATCH') return false
    void receive(request, response).catch(() => response.destroy())
    return true
  }
  return api
}
