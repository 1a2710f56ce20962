import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** An HTTP answer with its body read. */
export interface TextAnswer {
  readonly statusCode: number
  readonly body: string
}

/** The answer to a review. */
export interface ReviewResponse {
  readonly uid: string
  readonly allowed: boolean
  readonly status?: { readonly message: string; readonly code: number }
  readonly auditAnnotations: Readonly<Record<string, string>>
}

/** Posts a review to a service over TLS that is verified with `ca.crt` of the folder. */
export const postReviewTo = async (
  port: number,
  certDir: string,
  webhook: string,
  body: string,
): Promise<TextAnswer> => {
  const agent = new Agent({ ca: readFileSync(join(certDir, 'ca.crt')) })
  const { promise, resolve, reject } = Promise.withResolvers<TextAnswer>()
  const sent = request(
    {
      agent,
      host: 'localhost',
      port,
      path: `/validate/${webhook}`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    },
    response => {
      text(response).then(answer => resolve({ statusCode: response.statusCode ?? 0, body: answer }), reject)
    },
  )
  sent.on('error', reject)
  sent.end(body)
  return promise.finally(() => agent.destroy())
}

/** The response of a review that was answered with 200. */
export const reviewResponse = ({ statusCode, body }: TextAnswer): ReviewResponse => {
  if (statusCode !== 200) throw new Error(`HTTP ${statusCode}: ${body}`)
  return JSON.parse(body).response
}

/** Gets a page of the ops port. */
export const getOps = async (port: number, path: string): Promise<TextAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<TextAnswer>()
  httpRequest({ host: '127.0.0.1', port, path, agent: false }, response => {
    text(response).then(body => resolve({ statusCode: response.statusCode ?? 0, body }), reject)
  })
    .on('error', reject)
    .end()
  return promise
}

/** A review that kube-scheduler sends when it binds shop/web-1 to the node. */
export const bindingReview = (node: string): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u-1',
      kind: { group: '', version: 'v1', kind: 'Binding' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: 'binding',
      name: 'web-1',
      namespace: 'shop',
      operation: 'CREATE',
      userInfo: { username: 'system:kube-scheduler', groups: ['system:authenticated'] },
      object: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'web-1' }, target: { kind: 'Node', name: node } },
    },
  })
