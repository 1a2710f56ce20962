// One Node brought to what its marks should be. What is known of it may be a moment old: where the API server finds it to be
// otherwise the Node is read, and what should be is asked again of what is.
import type { NodeFacts } from '../../policy/node-facts.ts'
import { failedRequest } from '../failed-request.ts'
import type { DesiredMarks } from './desired-marks.ts'
import { conditionPatch, taintAndLabelPatch } from './mark-patches.ts'
import type { NodeApi } from './node-api.ts'
import { withMarks } from './with-marks.ts'

/** Which marks: taint and label are of the Node, the condition is of its status, and each takes a request of its own. */
export type MarkPart = 'node' | 'status'

/** What came of it. */
export type WriteResult =
  /** Written, or found to be as it should be; the facts are what is there now. */
  | { readonly result: 'written' | 'unchanged'; readonly facts: NodeFacts }
  /** There is no such Node any more, or another of the same name. */
  | { readonly result: 'gone' }

/** What is to be written. */
export interface MarkWrite {
  readonly part: MarkPart
  readonly facts: NodeFacts
  readonly desire: (facts: NodeFacts) => DesiredMarks
  /** The time of day, RFC 3339. */
  readonly time: string
}

// The watch is seldom so far behind that once is not enough.
const ATTEMPTS = 3

/** Writes one part of a Node's marks; rejects when the API server did not take it, or said a third time that the Node is otherwise. */
export const writeMarks = async (api: NodeApi, { part, facts, desire, time }: MarkWrite): Promise<WriteResult> => {
  let at = facts
  for (let attempt = 1; ; attempt++) {
    const desired = desire(at)
    try {
      if (!(await sendPart(api, part, at, desired, time))) return { result: 'unchanged', facts: at }
      return { result: 'written', facts: withMarks(at, partOf(part, desired)) }
    } catch (error) {
      const { statusCode } = failedRequest(error)
      if (statusCode === 404) return { result: 'gone' }
      if (!isOtherwise(statusCode) || attempt === ATTEMPTS) throw error
    }
    const found = await readAgain(api, facts)
    if (found === undefined) return { result: 'gone' }
    at = found
  }
}

// 422 is also how a test of a JSON patch fails.
const isOtherwise = (statusCode: number): boolean => statusCode === 409 || statusCode === 422

const sendPart = async (
  api: NodeApi,
  part: MarkPart,
  facts: NodeFacts,
  desired: DesiredMarks,
  time: string,
): Promise<boolean> => {
  if (part === 'node') {
    const operations = taintAndLabelPatch(facts, desired)
    if (operations !== null) await api.patch(facts.name, operations)
    return operations !== null
  }
  const body = conditionPatch(facts, desired.condition, time)
  if (body !== null) await api.patchStatus(facts.name, body)
  return body !== null
}

const partOf = (part: MarkPart, { taint, label, condition }: DesiredMarks): DesiredMarks =>
  part === 'node' ? { taint, label, condition: undefined } : { taint: undefined, label: undefined, condition }

const readAgain = async (api: NodeApi, { name, uid }: NodeFacts): Promise<NodeFacts | undefined> => {
  try {
    const found = await api.read(name)
    return found.uid === uid ? found : undefined
  } catch (error) {
    if (failedRequest(error).statusCode === 404) return undefined
    throw error
  }
}
