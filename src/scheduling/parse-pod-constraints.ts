import type { Parsed } from '../errors.ts'
import { fieldOf, isAbsent, type JsonObject, readList, readObject, readString, readStringMap } from './json-fields.ts'
import type { NodeSelectorTerm, PodConstraints } from './pod-constraints.ts'
import { createProblemList, type ProblemList } from './problem-list.ts'
import { readNodeSelectorTerm } from './read-node-selector-term.ts'
import { readToleration } from './read-toleration.ts'

/**
 * Reads a PodSpec as JSON, or what is left of one: nodeName, nodeSelector, required node affinity and tolerations. Absent
 * and null are the same; wrong types and operators that are not known are problems, with the path from `path` on.
 */
export const parsePodConstraints = (spec: unknown, path: string): Parsed<PodConstraints> => {
  const problems = createProblemList()
  const fields = readObject(spec, path, problems)
  return problems.toParsed({
    nodeName: readString(fieldOf(fields, 'nodeName'), `${path}.nodeName`, problems),
    nodeSelector: readStringMap(fieldOf(fields, 'nodeSelector'), `${path}.nodeSelector`, problems),
    requiredTerms: readRequiredTerms(fields, path, problems),
    tolerations: readList(fieldOf(fields, 'tolerations'), `${path}.tolerations`, problems, readToleration),
  })
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution'

const readRequiredTerms = (spec: JsonObject, path: string, problems: ProblemList): NodeSelectorTerm[] | null => {
  const affinityPath = `${path}.affinity`
  const affinity = readObject(fieldOf(spec, 'affinity'), affinityPath, problems)
  const nodeAffinityPath = `${affinityPath}.nodeAffinity`
  const nodeAffinity = readObject(fieldOf(affinity, 'nodeAffinity'), nodeAffinityPath, problems)
  const selector = fieldOf(nodeAffinity, required)
  if (isAbsent(selector)) return null
  const selectorPath = `${nodeAffinityPath}.${required}`
  // A selector without terms is not the same as no selector: it matches nothing.
  const terms = fieldOf(readObject(selector, selectorPath, problems), 'nodeSelectorTerms')
  return readList(terms, `${selectorPath}.nodeSelectorTerms`, problems, readNodeSelectorTerm)
}
