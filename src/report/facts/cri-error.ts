import { CALLS } from './calls.ts'
import { type CallError, errorOf, type Observation } from './observation.ts'
import type { Plugin } from './plugins.ts'

const UNIMPLEMENTED = 12

// The plugins that make up CRI, the one that names the cause first: in 2.x the others only say that they depend on it.
const CRI_PLUGINS = ['io.containerd.cri.v1/images', 'io.containerd.cri.v1/runtime', 'io.containerd.grpc.v1/cri']

/** Why containerd does not serve CRI, by its plugins' own words; '' when it does, or when no call could tell. */
export const criErrorOf = (observation: Observation, plugins: readonly Plugin[] | null): string => {
  const error = unimplemented(observation, CALLS.criStatus) ?? unimplemented(observation, CALLS.imageFs)
  return error === null
    ? ''
    : (initErrorOfCRI(plugins ?? []) || error.message || 'CRI is not implemented').slice(0, 1024)
}

const unimplemented = (observation: Observation, call: string): CallError | null => {
  const error = errorOf(observation, call)
  return error?.code === UNIMPLEMENTED ? error : null
}

const initErrorOfCRI = (plugins: readonly Plugin[]): string => {
  const failed = plugins.filter(({ initError }) => initError !== '')
  for (const path of CRI_PLUGINS) {
    const plugin = failed.find(({ type, id }) => `${type}/${id}` === path)
    if (plugin !== undefined) return `${path}: ${plugin.initError}`
  }
  return ''
}
