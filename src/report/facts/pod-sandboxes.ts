import { CALLS } from './calls.ts'
import { answerTo, type Observation } from './observation.ts'
import { fieldOf, listIn, textOf } from './raw-fields.ts'

/** A pod sandbox as CRI lists it. */
export interface PodSandbox {
  /** namespace/name of its pod. */
  readonly podName: string
  /** '' = the default one. */
  readonly runtimeHandler: string
}

/** The sandboxes by their IDs; empty when CRI did not tell, so that nothing is known of any. */
export const readPodSandboxes = (observation: Observation): ReadonlyMap<string, PodSandbox> => {
  const sandboxes = new Map<string, PodSandbox>()
  for (const raw of listIn(answerTo(observation, CALLS.podSandboxes), 'items') ?? []) {
    const metadata = fieldOf(raw, 'metadata')
    const podName = [textOf(metadata, 'namespace'), textOf(metadata, 'name')].filter(Boolean).join('/')
    sandboxes.set(textOf(raw, 'id'), { podName, runtimeHandler: textOf(raw, 'runtime_handler') })
  }
  return sandboxes
}
