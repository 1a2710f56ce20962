import { CALLS } from './calls.ts'
import { answerTo, type Observation } from './observation.ts'
import { fieldOf, listIn, textOf, timestampMs } from './raw-fields.ts'

const KIND_LABEL = 'io.cri-containerd.kind'
const POD_UID_LABEL = 'io.kubernetes.pod.uid'

/** A container of CRI, as containerd keeps it: sandboxes are containers too. */
export interface StoredContainer {
  readonly id: string
  readonly kind: 'sandbox' | 'container'
  readonly image: string
  readonly snapshotter: string
  readonly createdAtMs: number | null
  /** The sandbox that it belongs to, itself for a sandbox; '' where containerd (before 2.0) does not tell. */
  readonly sandboxID: string
  readonly podName: string
  readonly containerName: string
}

/** Every container of CRI; what somebody runs beside it (ctr, nerdctl) is none. null when containerd did not tell. */
export const readContainers = (observation: Observation): readonly StoredContainer[] | null => {
  const list = listIn(answerTo(observation, CALLS.containers), 'containers')
  if (list === null) return null
  const sandboxOfPod = new Map<string, string>()
  for (const raw of list) {
    if (kindOf(raw) === 'sandbox') sandboxOfPod.set(label(raw, POD_UID_LABEL), textOf(raw, 'id'))
  }
  sandboxOfPod.delete('')
  return list.flatMap(raw => {
    const kind = kindOf(raw)
    return kind === null ? [] : [readContainer(raw, kind, sandboxOfPod)]
  })
}

const label = (raw: unknown, key: string): string => textOf(fieldOf(raw, 'labels'), key)

const kindOf = (raw: unknown): StoredContainer['kind'] | null => {
  const kind = label(raw, KIND_LABEL)
  return kind === 'sandbox' || kind === 'container' ? kind : null
}

const readContainer = (
  raw: unknown,
  kind: StoredContainer['kind'],
  sandboxOfPod: ReadonlyMap<string, string>,
): StoredContainer => {
  const id = textOf(raw, 'id')
  const ofPod = sandboxOfPod.get(label(raw, POD_UID_LABEL)) ?? ''
  return {
    id,
    kind,
    image: textOf(raw, 'image'),
    snapshotter: textOf(raw, 'snapshotter'),
    createdAtMs: timestampMs(fieldOf(raw, 'created_at')),
    sandboxID: kind === 'sandbox' ? id : textOf(raw, 'sandbox') || ofPod,
    podName: [label(raw, 'io.kubernetes.pod.namespace'), label(raw, 'io.kubernetes.pod.name')]
      .filter(Boolean)
      .join('/'),
    containerName: label(raw, 'io.kubernetes.container.name'),
  }
}
