import type { Problem } from '../errors.ts'
import { readString, readStringMap } from '../scheduling/json-fields.ts'
import { createProblemList } from '../scheduling/problem-list.ts'
import type { PodFacts } from './cluster-view.ts'
import { ownMember } from './own-member.ts'

/**
 * What exemptions and runtime handlers need of a Pod or of a pod template; `path` leads to it and ends with a dot, or is ''. What
 * has a wrong type is added to `problems`, and the pod counts as one without labels then.
 */
export const readPodFacts = (pod: unknown, path: string, problems: Problem[]): PodFacts => {
  const found = createProblemList()
  const metadata = ownMember(pod, 'metadata')
  const runtimeClassName = ownMember(ownMember(pod, 'spec'), 'runtimeClassName')
  const facts = found.toParsed({
    uid: readString(ownMember(metadata, 'uid'), `${path}metadata.uid`, found),
    labels: readStringMap(ownMember(metadata, 'labels'), `${path}metadata.labels`, found),
    annotations: readStringMap(ownMember(metadata, 'annotations'), `${path}metadata.annotations`, found),
    runtimeClassName: readString(runtimeClassName, `${path}spec.runtimeClassName`, found),
  })
  if (facts.ok) return facts.value
  problems.push(...facts.problems)
  return NOTHING_KNOWN
}

const NOTHING_KNOWN: PodFacts = Object.freeze({ uid: '', labels: {}, annotations: {}, runtimeClassName: '' })
