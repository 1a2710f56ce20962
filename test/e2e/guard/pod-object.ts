import type { KubernetesObject } from '../cluster/kubernetes-object.ts'

/** A pod as the API server gives it, with what the tests read of it. */
export interface PodObject extends KubernetesObject {
  spec: { nodeName?: string }
  status?: { conditions?: { type: string; status: string; reason?: string; message?: string }[] }
}

/** What differs between the pods of a test. */
export interface PodOptions {
  namespace?: string
  /** Only this node fits, by its hostname; the scheduler still decides. */
  on?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  /** More of the spec. */
  spec?: Record<string, unknown>
}

/** The path of a namespace's pods. */
export const podsPath = (namespace = 'default'): string => `/api/v1/namespaces/${namespace}/pods`

/** A pod with one container and no token. */
export function podObject(name: string, { namespace, on, labels, annotations, spec }: PodOptions = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
    },
    spec: podSpec({ ...(on ? { nodeSelector: hostname(on) } : {}), ...spec }),
  }
}

/** The spec of such a pod, for a template. */
export function podSpec(more: Record<string, unknown> = {}) {
  return { automountServiceAccountToken: false, containers: [{ name: 'app', image: 'registry.test/app:1' }], ...more }
}

/** The node selector that only one node fits. */
export const hostname = (node: string): Record<string, string> => ({ 'kubernetes.io/hostname': node })
