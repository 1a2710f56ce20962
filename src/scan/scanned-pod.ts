import type { PodFacts } from '../admission/cluster-view.ts'
import { ownMember } from '../admission/own-member.ts'
import { readPodFacts } from '../admission/pod-facts.ts'
import type { Problem } from '../errors.ts'
import { controllerOf, type Owner } from './owner.ts'

/** A pod as a scan sees it. */
export interface ScannedPod {
  readonly namespace: string
  readonly name: string
  /** '' while it is not bound. */
  readonly node: string
  /** True once all its containers have ended for good. */
  readonly isOver: boolean
  readonly facts: PodFacts
  /** The object that made it; null for a pod on its own. */
  readonly controller: Owner | null
  /** The label pod-template-hash, '' without one. */
  readonly templateHash: string
}

const TEMPLATE_HASH_LABEL = 'pod-template-hash'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What a scan reads of a Pod object; what has a wrong type is added to `problems`. */
export const readScannedPod = (object: unknown, problems: Problem[]): ScannedPod => {
  const metadata = ownMember(object, 'metadata')
  const facts = readPodFacts(object, '', problems)
  const phase = ownMember(ownMember(object, 'status'), 'phase')
  return {
    namespace: text(ownMember(metadata, 'namespace')) || 'default',
    name: text(ownMember(metadata, 'name')),
    node: text(ownMember(ownMember(object, 'spec'), 'nodeName')),
    isOver: phase === 'Succeeded' || phase === 'Failed',
    facts,
    controller: controllerOf(ownMember(metadata, 'ownerReferences')),
    templateHash: text(ownMember(facts.labels, TEMPLATE_HASH_LABEL)),
  }
}
