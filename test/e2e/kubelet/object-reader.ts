import type { Api } from '../cluster/api.ts'
import type { KubernetesObject } from '../cluster/kubernetes-object.ts'

/** Reads the keys of a ConfigMap or Secret as bytes; empty for one that is absent and optional, else throws as the kubelet reports it. */
export async function readKeys(
  api: Api,
  kind: 'configmap' | 'secret',
  namespace: string,
  name: string,
  optional: boolean,
): Promise<Map<string, Buffer>> {
  const object = await api.find<KubernetesObject & DataFields>(`/api/v1/namespaces/${namespace}/${kind}s/${name}`)
  if (object === undefined && !optional) throw new Error(`${kind} "${name}" not found`)
  const keys = new Map<string, Buffer>()
  const encoding = kind === 'secret' ? 'base64' : 'utf8'
  for (const [key, text] of Object.entries(object?.data ?? {})) keys.set(key, Buffer.from(text, encoding))
  for (const [key, text] of Object.entries(object?.binaryData ?? {})) keys.set(key, Buffer.from(text, 'base64'))
  return keys
}

interface DataFields {
  data?: Record<string, string>
  binaryData?: Record<string, string>
}
