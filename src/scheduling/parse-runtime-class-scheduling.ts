import type { Parsed } from '../errors.ts'
import { fieldOf, readList, readObject, readStringMap } from './json-fields.ts'
import { createProblemList } from './problem-list.ts'
import { readToleration } from './read-toleration.ts'
import type { RuntimeClassScheduling } from './runtime-class-scheduling.ts'

/** Reads the scheduling field of a RuntimeClass; absent and null add nothing to a pod. */
export const parseRuntimeClassScheduling = (value: unknown, path: string): Parsed<RuntimeClassScheduling> => {
  const problems = createProblemList()
  const scheduling = readObject(value, path, problems)
  return problems.toParsed({
    nodeSelector: readStringMap(fieldOf(scheduling, 'nodeSelector'), `${path}.nodeSelector`, problems),
    tolerations: readList(fieldOf(scheduling, 'tolerations'), `${path}.tolerations`, problems, readToleration),
  })
}
