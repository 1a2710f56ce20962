import type { Parsed, Problem } from '../errors.ts'
import { parsePodConstraints } from '../scheduling/parse-pod-constraints.ts'
import type { PodConstraints } from '../scheduling/pod-constraints.ts'
import type { PodFacts } from './cluster-view.ts'
import { isJsonObject, ownMember, ownMemberAt } from './own-member.ts'
import { readPodFacts } from './pod-facts.ts'
import { POD_TEMPLATE_KINDS, type PodTemplateKind } from './pod-template-kinds.ts'

/** The pods that an object is or would make, as far as a prediction reads them. */
export interface PodTemplate {
  readonly kind: string
  /** As the object says it; '' where it does not. */
  readonly namespace: string
  /** The object's name, or its generateName. */
  readonly name: string
  readonly facts: PodFacts
  /** For a DaemonSet, whose controller adds tolerations to its pods; null for every other kind. */
  readonly daemonSet: { readonly hostNetwork: boolean } | null
  /** As written, without what admission plugins and controllers add before the scheduler sees a pod. */
  readonly constraints: PodConstraints
}

/** The pod template in a whole object of any kind, every problem in what is read of it, or null when the object makes no pods. */
export const readTemplate = (object: unknown): Parsed<PodTemplate> | null => {
  const apiVersion = ownMember(object, 'apiVersion')
  const kind = ownMember(object, 'kind')
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return null
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const known = POD_TEMPLATE_KINDS.find(candidate => candidate.kind === kind && candidate.group === group)
  return known === undefined ? null : readTemplateOf(known, object)
}

/** The same for an object whose kind is known already, as in a review. */
export const readTemplateOf = (kind: PodTemplateKind, object: unknown): Parsed<PodTemplate> | null => {
  const pod = ownMemberAt(object, kind.path)
  // The one kind whose template the API lets one leave out.
  if (kind.kind === 'ReplicationController' && (pod === undefined || pod === null)) return null
  const path = kind.path.length === 0 ? '' : `${kind.path.join('.')}.`
  const spec = ownMember(pod, 'spec')
  if (!isJsonObject(spec))
    return { ok: false, problems: [{ path: `${path}spec`, message: 'expected an object, found none' }] }

  const metadata = ownMember(object, 'metadata')
  const namespace = ownMember(metadata, 'namespace')
  const problems: Problem[] = []
  const facts = readPodFacts(pod, path, problems)
  const constraints = parsePodConstraints(spec, `${path}spec`)
  if (!constraints.ok) return { ok: false, problems: [...problems, ...constraints.problems] }
  if (problems.length > 0) return { ok: false, problems }
  const template = {
    kind: kind.kind,
    namespace: typeof namespace === 'string' ? namespace : '',
    name: objectName(metadata),
    facts,
    daemonSet: kind.kind === 'DaemonSet' ? { hostNetwork: ownMember(spec, 'hostNetwork') === true } : null,
    constraints: constraints.value,
  }
  return { ok: true, value: template }
}

/** metadata.name, else metadata.generateName, else ''. */
export const objectName = (metadata: unknown): string => {
  const name = ownMember(metadata, 'name')
  if (typeof name === 'string' && name !== '') return name
  const generateName = ownMember(metadata, 'generateName')
  return typeof generateName === 'string' ? generateName : ''
}
