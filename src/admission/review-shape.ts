// What soci-guard reads of an AdmissionReview: one shape for bindings, pods and the eight workload kinds, because which kind
// it is stands in the same document. Everything else, most of all managedFields, is passed over.

import { compileShape } from './json-shape.ts'

const CONTAINERS = [{ name: true, image: true }] as const

const POD_SPEC = {
  nodeName: true,
  runtimeClassName: true,
  schedulerName: true,
  hostNetwork: true,
  nodeSelector: true,
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: true } },
  tolerations: true,
  containers: CONTAINERS,
  initContainers: CONTAINERS,
  ephemeralContainers: CONTAINERS,
} as const

const POD_TEMPLATE_SPEC = {
  metadata: {
    labels: true,
    annotations: { 'kubernetes.io/config.mirror': true, 'kubectl.kubernetes.io/restartedAt': true },
  },
  spec: POD_SPEC,
} as const

const REVIEWED_OBJECT = {
  apiVersion: true,
  kind: true,
  metadata: {
    name: true,
    generateName: true,
    namespace: true,
    uid: true,
    labels: true,
    annotations: { 'kubernetes.io/config.mirror': true },
  },
  // Binding
  target: { kind: true, name: true, apiVersion: true, namespace: true },
  // Pod; Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, ReplicationController; CronJob
  spec: { ...POD_SPEC, template: POD_TEMPLATE_SPEC, jobTemplate: { spec: { template: POD_TEMPLATE_SPEC } } },
  // PodTemplate
  template: POD_TEMPLATE_SPEC,
} as const

/** The wanted paths of an admission.k8s.io/v1 AdmissionReview, for either picker. */
export const REVIEW_SHAPE = compileShape({
  apiVersion: true,
  kind: true,
  request: {
    uid: true,
    kind: { group: true, version: true, kind: true },
    resource: { group: true, version: true, resource: true },
    subResource: true,
    name: true,
    namespace: true,
    operation: true,
    dryRun: true,
    userInfo: { username: true, groups: true },
    object: REVIEWED_OBJECT,
    oldObject: REVIEWED_OBJECT,
  },
})
