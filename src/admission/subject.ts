// What a request is about. Everything that is not listed here is irrelevant, since the rules that send requests here
// may be wider than what we judge: an irrelevant request is allowed and nothing is said.

import type { GuardErrorCode, Problem } from '../errors.ts'
import { parsePodConstraints } from '../scheduling/parse-pod-constraints.ts'
import { pinnedNodeName } from '../scheduling/pinned-node.ts'
import type { PodFacts } from './cluster-view.ts'
import type { Webhook } from './outcome.ts'
import { ownMember, ownMemberAt } from './own-member.ts'
import { readPodFacts } from './pod-facts.ts'
import { objectName, type PodTemplate, readTemplateOf } from './pod-template.ts'
import { POD_TEMPLATE_KINDS } from './pod-template-kinds.ts'
import { pullsAnotherImage, templateChanged } from './relevant-change.ts'
import type { ReviewRequest } from './review-request.ts'

/** Why something could not be told, as a clause that can follow "because". */
export interface Failure {
  readonly code: GuardErrorCode
  readonly message: string
}

/** What a request is about, as far as the webhook judges it. */
export type Subject =
  | { readonly kind: 'irrelevant' }
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'binding'; readonly node: string; readonly podName: string; readonly podUid: string }
  | {
      readonly kind: 'pod'
      readonly node: string
      /** The field that names the node. */
      readonly field: string
      readonly podName: string
      readonly pod: PodFacts
    }
  | { readonly kind: 'template'; readonly template: PodTemplate }

const IRRELEVANT: Subject = Object.freeze({ kind: 'irrelevant' })

/** What the request is about; a request that is judged but cannot be read is a failure, and all else is irrelevant. */
export const readSubject = (webhook: Webhook, request: ReviewRequest): Subject => {
  if (webhook === 'bindings') return readBinding(request)
  return webhook === 'pods' ? readPod(request) : readAdvisory(request)
}

const readBinding = (request: ReviewRequest): Subject => {
  const { group, resource } = request.resource
  const isBinding =
    group === '' &&
    ((resource === 'pods' && request.subResource === 'binding') ||
      (resource === 'bindings' && request.subResource === ''))
  if (request.operation !== 'CREATE' || !isBinding) return IRRELEVANT
  const target = ownMember(request.object, 'target')
  const kind = ownMember(target, 'kind') ?? ''
  // Clients other than kube-scheduler leave the kind out, and the API server takes it for a Node then.
  if (kind !== '' && kind !== 'Node')
    return invalid(`target.kind: expected Node or nothing, found ${JSON.stringify(kind)}`)
  const node = ownMember(target, 'name')
  if (typeof node !== 'string' || node === '') return invalid('target.name: expected the name of a Node, found none')
  const metadata = ownMember(request.object, 'metadata')
  const uid = ownMember(metadata, 'uid')
  return {
    kind: 'binding',
    node,
    podName: request.name === '' ? objectName(metadata) : request.name,
    podUid: typeof uid === 'string' ? uid : '',
  }
}

const readPod = (request: ReviewRequest): Subject => {
  const { group, resource } = request.resource
  if (group !== '' || resource !== 'pods') return IRRELEVANT
  if (request.operation === 'CREATE' && request.subResource === '') return readCreatedPod(request)
  const mayPull = request.subResource === '' || request.subResource === 'ephemeralcontainers'
  return request.operation === 'UPDATE' && mayPull ? readUpdatedPod(request) : IRRELEVANT
}

const readCreatedPod = (request: ReviewRequest): Subject => {
  const spec = ownMember(request.object, 'spec')
  const nodeName = ownMember(spec, 'nodeName') ?? ''
  if (nodeName !== '') return placedPod(nodeName, 'spec.nodeName', request)
  if (!mayPin(spec)) return IRRELEVANT
  // Tolerations and the node selector say nothing about a pin.
  const constraints = parsePodConstraints({ affinity: ownMember(spec, 'affinity') }, 'spec')
  if (!constraints.ok) return unreadable(constraints.problems)
  const pinned = pinnedNodeName(constraints.value)
  return pinned === null ? IRRELEVANT : placedPod(pinned, REQUIRED_AFFINITY.join('.'), request)
}

const readUpdatedPod = (request: ReviewRequest): Subject => {
  const spec = ownMember(request.object, 'spec')
  const nodeName = ownMember(spec, 'nodeName') ?? ''
  if (nodeName === '' || !pullsAnotherImage(ownMember(request.oldObject, 'spec'), spec)) return IRRELEVANT
  return placedPod(nodeName, 'spec.nodeName', request)
}

const REQUIRED_AFFINITY = ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution']

// Only a term with a field match can name a node: a pod without one is not parsed at all, and is judged when it is bound.
const mayPin = (spec: unknown): boolean => {
  const terms = ownMemberAt(spec, [...REQUIRED_AFFINITY.slice(1), 'nodeSelectorTerms'])
  return Array.isArray(terms) && terms.some(term => (ownMember(term, 'matchFields') ?? null) !== null)
}

const placedPod = (node: unknown, field: string, request: ReviewRequest): Subject => {
  if (typeof node !== 'string') return invalid(`${field}: expected a string, found ${typeof node}`)
  const problems: Problem[] = []
  const pod = readPodFacts(request.object, '', problems)
  if (problems.length > 0) return unreadable(problems)
  const podName = request.name === '' ? objectName(ownMember(request.object, 'metadata')) : request.name
  return { kind: 'pod', node, field, podName, pod }
}

const readAdvisory = (request: ReviewRequest): Subject => {
  const { group, resource } = request.resource
  const kind = POD_TEMPLATE_KINDS.find(known => known.resource === resource && known.group === group)
  const { operation } = request
  if (kind === undefined || request.subResource !== '' || (operation !== 'CREATE' && operation !== 'UPDATE'))
    return IRRELEVANT
  if (operation === 'UPDATE') {
    const before = ownMemberAt(request.oldObject, kind.path)
    if (!templateChanged(before, ownMemberAt(request.object, kind.path))) return IRRELEVANT
  }
  const template = readTemplateOf(kind, request.object)
  if (template === null) return IRRELEVANT
  if (!template.ok) return unreadable(template.problems)
  // A pod that names its node is judged by the pods webhook.
  return kind.kind === 'Pod' && placedByItself(template.value)
    ? IRRELEVANT
    : { kind: 'template', template: template.value }
}

const placedByItself = ({ constraints }: PodTemplate): boolean =>
  constraints.nodeName !== '' || pinnedNodeName(constraints) !== null

const invalid = (message: string): Subject => ({
  kind: 'failure',
  failure: { code: 'SOCI_GUARD_REVIEW_INVALID', message },
})

const unreadable = (problems: readonly Problem[]): Subject => {
  const unknownOperator = problems.find(problem => problem.message.startsWith('unknown operator'))
  const first = unknownOperator ?? problems[0]
  const more =
    problems.length > 1 ? ` (and ${problems.length - 1} more problem${problems.length === 2 ? '' : 's'})` : ''
  const message = `${first?.path}: ${first?.message}${more}`
  const code = unknownOperator === undefined ? 'SOCI_GUARD_REVIEW_INVALID' : 'SOCI_GUARD_UNKNOWN_OPERATOR'
  return { kind: 'failure', failure: { code, message } }
}
