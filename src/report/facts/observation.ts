// An observation is what a node's daemons answered, before anybody thought about it. Captures of real nodes, `inspect --save` and the
// live probes have the same form, so everything that is concluded can be tried on all of them.

/** What a node's daemons answered: a map from call to its raw answer, or to the error in its place. */
export type Observation = Readonly<Record<string, unknown>>

/** A gRPC status in the place of an answer: that call told nothing. */
export interface CallError {
  readonly code: number
  readonly message: string
}

/** True when what stands in an answer's place is an error. */
export const isCallError = (value: unknown): value is CallError =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<CallError>).code === 'number' &&
  typeof (value as Partial<CallError>).message === 'string'

/** The answer to a call; undefined when the call was not made, failed, or told nothing. */
export const answerTo = (observation: Observation, call: string): unknown => {
  const answer = Object.hasOwn(observation, call) ? (observation[call] ?? undefined) : undefined
  return isCallError(answer) ? undefined : answer
}

/** The error of a call; null when it was answered or not made. */
export const errorOf = (observation: Observation, call: string): CallError | null => {
  const answer = Object.hasOwn(observation, call) ? observation[call] : undefined
  return isCallError(answer) ? answer : null
}
