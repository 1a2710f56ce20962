import type { Api } from '../cluster/api.ts'
import { ADDRESSES } from '../cluster/network-namespace.ts'
import { expandVariables } from './expand-variables.ts'
import { resolveFieldRef } from './field-ref.ts'
import { readKeys } from './object-reader.ts'
import type { ContainerSpec, EnvFromSource, EnvSource, Pod } from './pod.ts'

/** How every pod finds the API server; with kube-proxy's work done by the address itself. */
const SERVICE_VARIABLES = {
  KUBERNETES_SERVICE_HOST: ADDRESSES.apiService,
  KUBERNETES_SERVICE_PORT: '443',
  KUBERNETES_SERVICE_PORT_HTTPS: '443',
  KUBERNETES_PORT: `tcp://${ADDRESSES.apiService}:443`,
}

/** The environment of a container: image, services, envFrom, then env in order with `$(NAME)` expanded. */
export async function containerEnvironment(
  api: Api,
  pod: Pod,
  podIP: string,
  container: ContainerSpec,
  imageEnvironment: Record<string, string>,
): Promise<Map<string, string>> {
  const namespace = pod.metadata.namespace ?? 'default'
  const variables = new Map(
    Object.entries({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ...imageEnvironment,
      HOSTNAME: pod.metadata.name,
      ...SERVICE_VARIABLES,
    }),
  )
  for (const source of container.envFrom ?? [])
    for (const [name, value] of await allKeys(api, namespace, source)) variables.set(name, value)
  for (const { name, value, valueFrom } of container.env ?? []) {
    const resolved = valueFrom ? await fromSource(api, pod, podIP, valueFrom) : expandVariables(value ?? '', variables)
    if (resolved !== undefined) variables.set(name, resolved)
  }
  return variables
}

async function allKeys(api: Api, namespace: string, source: EnvFromSource): Promise<[string, string][]> {
  const { prefix = '', configMapRef, secretRef } = source
  const reference = configMapRef ?? secretRef
  if (!reference) return []
  const kind = configMapRef ? 'configmap' : 'secret'
  const keys = await readKeys(api, kind, namespace, reference.name, reference.optional ?? false)
  return [...keys].map(([key, value]) => [prefix + key, value.toString('utf8')])
}

async function fromSource(api: Api, pod: Pod, podIP: string, source: EnvSource): Promise<string | undefined> {
  if (source.fieldRef) return resolveFieldRef(pod, podIP, source.fieldRef.fieldPath)
  const [kind, reference] = source.configMapKeyRef
    ? (['configmap', source.configMapKeyRef] as const)
    : (['secret', source.secretKeyRef] as const)
  if (!reference) throw new Error(`valueFrom ${Object.keys(source).join()} is not known to the test kubelet`)
  const optional = reference.optional ?? false
  const keys = await readKeys(api, kind, pod.metadata.namespace ?? 'default', reference.name, optional)
  const value = keys.get(reference.key)
  if (value === undefined && !optional)
    throw new Error(`couldn't find key ${reference.key} in ${kind} ${reference.name}`)
  return value?.toString('utf8')
}
