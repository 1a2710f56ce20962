import { ADDRESSES } from '../cluster/network-namespace.ts'
import type { Pod } from './pod.ts'

/** The value of a downward API field of a pod whose address is known; throws for a field that Kubernetes does not offer. */
export function resolveFieldRef(pod: Pod, podIP: string, fieldPath: string): string {
  const byKey = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath)
  if (byKey) return pod.metadata[byKey[1] as 'labels' | 'annotations']?.[byKey[2] as string] ?? ''
  const whole = /^metadata\.(labels|annotations)$/.exec(fieldPath)?.[1]
  if (whole) return formatMap(pod.metadata[whole as 'labels' | 'annotations'] ?? {})
  const value = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec.nodeName,
    'spec.serviceAccountName': pod.spec.serviceAccountName,
    'status.podIP': podIP,
    'status.podIPs': podIP,
    'status.hostIP': ADDRESSES.podGateway,
    'status.hostIPs': ADDRESSES.podGateway,
  }[fieldPath]
  if (value === undefined) throw new Error(`fieldRef ${fieldPath} is not known to the test kubelet`)
  return value
}

/** One `key="escaped value"` a line, sorted, as the kubelet's own fieldpath.FormatMap. */
function formatMap(map: Record<string, string>): string {
  return Object.keys(map)
    .sort()
    .map(key => `${key}=${JSON.stringify(map[key])}`)
    .join('\n')
}
