import { fieldOf, readList, readObject, readString } from './json-fields.ts'
import { nodeSelectorOperators } from './node-selector-requirement.ts'
import type { NodeSelectorRequirement, NodeSelectorTerm } from './pod-constraints.ts'
import type { ProblemList } from './problem-list.ts'
import { readOperator } from './read-operator.ts'

/** Reads a node selector term; what kube-scheduler would only find out later, such as a bad label key, is no problem here. */
export const readNodeSelectorTerm = (value: unknown, path: string, problems: ProblemList): NodeSelectorTerm => {
  const term = readObject(value, path, problems)
  const readRequirements = (name: string) => readList(fieldOf(term, name), `${path}.${name}`, problems, readRequirement)
  return { matchExpressions: readRequirements('matchExpressions'), matchFields: readRequirements('matchFields') }
}

const readRequirement = (value: unknown, path: string, problems: ProblemList): NodeSelectorRequirement => {
  const requirement = readObject(value, path, problems)
  return {
    key: readString(fieldOf(requirement, 'key'), `${path}.key`, problems),
    operator: readOperator(fieldOf(requirement, 'operator'), `${path}.operator`, problems, nodeSelectorOperators),
    values: readList(fieldOf(requirement, 'values'), `${path}.values`, problems, readString),
  }
}
