import type { ReviewRequest } from '../admission/review-request.ts'
import { readSubject, type Subject } from '../admission/subject.ts'
import { plainText } from '../policy/plain-text.ts'
import { webhookOf } from './webhook-of.ts'

const VERBS = { CREATE: 'creates', UPDATE: 'updates', DELETE: 'deletes', CONNECT: 'connects to' } as const

// `system:kube-scheduler` and `system:serviceaccount:kube-system:daemon-set-controller` are known by their last word.
const whoAsks = (username: string): string =>
  plainText(username.startsWith('system:') ? (username.split(':').at(-1) ?? username) : username)

const whereTo = (subject: Subject, request: ReviewRequest): string => {
  if (subject.kind === 'binding') return ` to node ${plainText(subject.node, 253)}`
  if (subject.kind !== 'pod') return ''
  return ` ${request.operation === 'UPDATE' ? 'on' : 'for'} node ${plainText(subject.node, 253)}`
}

const whatIsDone = (request: ReviewRequest, subject: Subject): string => {
  const { kind, namespace, name } = request
  const object = `${plainText(namespace)}/${plainText(name, 253)}`
  if (subject.kind === 'binding') return `binds pod ${object}`
  if (request.subResource === 'ephemeralcontainers') return `adds a debug container to pod ${object}`
  return `${VERBS[request.operation]} ${kind.kind === 'Pod' ? 'pod' : plainText(kind.kind)} ${object}`
}

/** What a review asks, in a sentence without its full stop: `kube-scheduler binds pod shop/web-1 to node mixed-1`. */
export const describeReview = (request: ReviewRequest): string => {
  const subject = readSubject(webhookOf(request), request)
  const dryRun = request.dryRun ? ' (dry run)' : ''
  return `${whoAsks(request.user.username)} ${whatIsDone(request, subject)}${whereTo(subject, request)}${dryRun}`
}
