// CRI's configuration holds registry passwords where somebody wrote them into containerd's file, and what is observed may be saved and
// sent on: only what facts are made of is kept.

import { CALLS } from '../../report/facts/calls.ts'
import { isCallError, type Observation } from '../../report/facts/observation.ts'
import { entriesOf, fieldOf } from '../../report/facts/raw-fields.ts'

const CONTAINERD_KEYS = ['snapshotter', 'defaultRuntimeName', 'disableSnapshotAnnotations', 'discardUnpackedLayers']
const RUNTIME_KEYS = ['runtimeType', 'snapshotter', 'sandboxer', 'sandboxMode']

/** CRI's Status without its free text, and what facts are made of in its configuration. */
export const withPickedConfig = (status: unknown): Observation => {
  if (isCallError(status)) return { [CALLS.criStatus]: status }
  const { info, ...told } = { info: undefined, ...(status as Record<string, unknown>) }
  const config = parse(fieldOf(info, 'config'))
  return { [CALLS.criStatus]: told, ...(config === undefined ? {} : { [CALLS.criConfig]: pickConfig(config) }) }
}

const parse = (text: unknown): unknown => {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

const pickConfig = (config: unknown): unknown => {
  const containerd = fieldOf(config, 'containerd')
  const runtimes = entriesOf(containerd, 'runtimes').map(
    ([name, runtime]) => [name, pick(runtime, RUNTIME_KEYS)] as const,
  )
  return {
    ...pick(config, ['sandboxImage', 'containerdRootDir']),
    containerd: { ...pick(containerd, CONTAINERD_KEYS), runtimes: Object.fromEntries(runtimes) },
  }
}

const pick = (from: unknown, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(keys.map(key => [key, fieldOf(from, key)] as const).filter(([, value]) => value !== undefined))
