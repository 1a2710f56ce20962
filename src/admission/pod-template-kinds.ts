/** A kind whose objects hold a pod template, and where; a Pod is its own template. */
export interface PodTemplateKind {
  readonly group: string
  readonly resource: string
  readonly kind: string
  /** Members that lead from the object to the one with `metadata` and `spec` of the pods. */
  readonly path: readonly string[]
}

const SPEC_TEMPLATE = ['spec', 'template']

/** Pods and the eight kinds whose controllers make pods. */
export const POD_TEMPLATE_KINDS: readonly PodTemplateKind[] = [
  { group: '', resource: 'pods', kind: 'Pod', path: [] },
  { group: 'apps', resource: 'deployments', kind: 'Deployment', path: SPEC_TEMPLATE },
  { group: 'apps', resource: 'replicasets', kind: 'ReplicaSet', path: SPEC_TEMPLATE },
  { group: 'apps', resource: 'statefulsets', kind: 'StatefulSet', path: SPEC_TEMPLATE },
  { group: 'apps', resource: 'daemonsets', kind: 'DaemonSet', path: SPEC_TEMPLATE },
  { group: 'batch', resource: 'jobs', kind: 'Job', path: SPEC_TEMPLATE },
  { group: 'batch', resource: 'cronjobs', kind: 'CronJob', path: ['spec', 'jobTemplate', 'spec', 'template'] },
  { group: '', resource: 'replicationcontrollers', kind: 'ReplicationController', path: SPEC_TEMPLATE },
  { group: '', resource: 'podtemplates', kind: 'PodTemplate', path: ['template'] },
]
