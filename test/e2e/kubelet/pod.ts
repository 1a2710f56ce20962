import type { KubernetesObject } from '../cluster/kubernetes-object.ts'

/** A Pod with the fields that the test kubelet acts on. */
export interface Pod extends KubernetesObject {
  spec: PodSpec
  status?: { phase?: string; startTime?: string }
}

/** The part of a PodSpec that the test kubelet knows. */
export interface PodSpec {
  nodeName?: string
  serviceAccountName?: string
  hostNetwork?: boolean
  restartPolicy?: 'Always' | 'OnFailure' | 'Never'
  terminationGracePeriodSeconds?: number
  securityContext?: SecurityContext & { fsGroup?: number; supplementalGroups?: number[] }
  initContainers?: ContainerSpec[]
  containers: ContainerSpec[]
  volumes?: Volume[]
}

/** A container's part of a PodSpec. */
export interface ContainerSpec {
  name: string
  image: string
  command?: string[]
  args?: string[]
  workingDir?: string
  restartPolicy?: string
  env?: { name: string; value?: string; valueFrom?: EnvSource }[]
  envFrom?: EnvFromSource[]
  ports?: { name?: string; containerPort: number }[]
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[]
  livenessProbe?: Probe
  readinessProbe?: Probe
  startupProbe?: Probe
  lifecycle?: { preStop?: { sleep?: { seconds: number } } }
  securityContext?: SecurityContext
}

/** Who a container runs as, and whether it may write to its root. */
export interface SecurityContext {
  runAsUser?: number
  runAsGroup?: number
  runAsNonRoot?: boolean
  readOnlyRootFilesystem?: boolean
}

/** All keys of a ConfigMap or Secret as environment variables. */
export interface EnvFromSource {
  prefix?: string
  configMapRef?: ObjectReference
  secretRef?: ObjectReference
}

/** Where the value of an environment variable comes from. */
export interface EnvSource {
  fieldRef?: { fieldPath: string }
  configMapKeyRef?: ObjectReference & { key: string }
  secretKeyRef?: ObjectReference & { key: string }
}

/** A ConfigMap or Secret by name, perhaps absent. */
export interface ObjectReference {
  name: string
  optional?: boolean
}

/** Which keys of an object become which files. */
export interface KeySelection {
  items?: { key: string; path: string; mode?: number }[]
  optional?: boolean
}

/** The volumes that the test kubelet can make. */
export interface Volume {
  name: string
  emptyDir?: { medium?: string; sizeLimit?: string }
  hostPath?: { path: string; type?: string }
  configMap?: KeySelection & { name: string; defaultMode?: number }
  secret?: KeySelection & { secretName: string; defaultMode?: number }
  downwardAPI?: { items: { path: string; fieldRef?: { fieldPath: string } }[]; defaultMode?: number }
  projected?: { sources: ProjectedSource[]; defaultMode?: number }
}

/** One part of a projected volume. */
export interface ProjectedSource {
  serviceAccountToken?: { audience?: string; expirationSeconds?: number; path: string }
  configMap?: KeySelection & { name: string }
  secret?: KeySelection & { name: string }
  downwardAPI?: { items: { path: string; fieldRef?: { fieldPath: string } }[] }
}

/** A probe; only httpGet and tcpSocket can be run. */
export interface Probe {
  httpGet?: {
    path?: string
    port: number | string
    scheme?: 'HTTP' | 'HTTPS'
    httpHeaders?: { name: string; value: string }[]
  }
  tcpSocket?: { port: number | string }
  initialDelaySeconds?: number
  periodSeconds?: number
  timeoutSeconds?: number
  successThreshold?: number
  failureThreshold?: number
}
