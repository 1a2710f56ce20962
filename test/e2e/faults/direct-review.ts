import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BindOutcome } from './bind-outcome.ts'

const PORT = 8443

/** Posts reviews to one replica at its pod's address, as the API server would; `close` ends its connection. */
export interface DirectClient {
  review(node: string): Promise<BindOutcome>
  close(): void
}

/** A client with one kept connection; a certificate is not looked at. */
export function directClient(ip: string): DirectClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
  return { review: node => post(agent, ip, node), close: () => agent.destroy() }
}

/** What a replica said from its first moment on. */
export interface EarlyAnswers {
  /** How often it was asked before it gave a first answer; a refused connection or a 503 is no answer. */
  unanswered: number
  firstAnswerMs: number
  answers: number
  wrong: { node: string; outcome: BindOutcome; atMs: number }[]
}

/** Asks every few milliseconds, from now until so long after the first answer; throws when none comes within a minute. */
export async function earlyAnswers(
  ip: string,
  right: Readonly<Record<string, 'allow' | 'deny'>>,
  { everyMs = 3, forMs = 1_500 } = {},
): Promise<EarlyAnswers> {
  const client = directClient(ip)
  const nodes = Object.entries(right)
  const startedMs = performance.now()
  const found: EarlyAnswers = { unanswered: 0, firstAnswerMs: Number.POSITIVE_INFINITY, answers: 0, wrong: [] }
  try {
    for (let turn = 0; ; turn++) {
      const [node, want] = nodes[turn % nodes.length] as (typeof nodes)[number]
      const outcome = await client.review(node)
      const atMs = performance.now() - startedMs
      if (typeof outcome === 'object') found.unanswered++
      else {
        found.answers++
        found.firstAnswerMs = Math.min(found.firstAnswerMs, atMs)
        if (outcome !== want) found.wrong.push({ node, outcome, atMs })
      }
      if (atMs > found.firstAnswerMs + forMs) return found
      if (found.answers === 0 && atMs > 60_000) throw new Error(`${ip} gave no answer: ${JSON.stringify(outcome)}`)
      await sleep(everyMs)
    }
  } finally {
    client.close()
  }
}

function post(agent: Agent, ip: string, node: string): Promise<BindOutcome> {
  const body = JSON.stringify(bindingReview(node))
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const options = { agent, host: ip, port: PORT, path: '/validate/bindings?timeout=5s', method: 'POST', headers }
  return new Promise(resolve => {
    const fail = (error: Error) => resolve({ failure: error.message })
    const sent = request({ ...options, signal: AbortSignal.timeout(5_000) }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk)).once('error', fail)
      response.once('end', () => resolve(outcomeOf(response.statusCode ?? 0, Buffer.concat(chunks).toString())))
    })
    sent.once('error', fail).end(body)
  })
}

function outcomeOf(status: number, text: string): BindOutcome {
  if (status !== 200) return { failure: `${status} ${text}` }
  const { response } = JSON.parse(text) as { response: { allowed: boolean } }
  return response.allowed ? 'allow' : 'deny'
}

function bindingReview(node: string) {
  const name = 'probe'
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: randomUUID(),
      kind: { group: '', version: 'v1', kind: 'Binding' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: 'binding',
      requestKind: { group: '', version: 'v1', kind: 'Binding' },
      requestResource: { group: '', version: 'v1', resource: 'pods' },
      requestSubResource: 'binding',
      name,
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'system:kube-scheduler', groups: ['system:authenticated'] },
      object: {
        kind: 'Binding',
        apiVersion: 'v1',
        metadata: { name, namespace: 'default' },
        target: { kind: 'Node', name: node },
      },
      oldObject: null,
      dryRun: true,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  }
}
