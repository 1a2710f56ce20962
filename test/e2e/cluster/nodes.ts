import type { Api } from './api.ts'
import { inParallel } from './in-parallel.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

/** A taint as a Node's spec holds it. */
export interface NodeTaint {
  key: string
  value?: string
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** What differs between the nodes of a test. */
export interface NodeOptions {
  name: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  taints?: readonly NodeTaint[]
  unschedulable?: boolean
  bootID?: string
  containerRuntimeVersion?: string
  pods?: number
  cpu?: string
  /** More status, for nodes of realistic size (images, volumes). */
  status?: Record<string, unknown>
}

/** The Node of a test as a kubelet would register it, with a healthy status. */
export function nodeObject(options: NodeOptions): KubernetesObject {
  const { name, labels, annotations, taints, unschedulable, pods = 110, cpu = '64' } = options
  const resources = { cpu, memory: '256Gi', pods: String(pods), 'ephemeral-storage': '100Gi' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...labels },
      ...(annotations ? { annotations } : {}),
    },
    spec: { ...(unschedulable ? { unschedulable } : {}), ...(taints?.length ? { taints } : {}) },
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: [readyCondition()],
      nodeInfo: nodeInfo(options),
      ...options.status,
    },
  }
}

/** Creates nodes that the scheduler uses at once: one request each, with status, Ready, with exactly the taints asked for. */
export function createNodes(api: Api, nodes: readonly NodeOptions[], width = 16): Promise<void> {
  return inParallel(nodes, width, node => api.create('/api/v1/nodes', nodeObject(node)))
}

/** Deletes nodes; those that are not there are fine. */
export function deleteNodes(api: Api, names: readonly string[], width = 16): Promise<void> {
  return inParallel(names, width, name => api.delete(nodePath(name)))
}

/** The API server's path of a Node. */
export function nodePath(name: string): string {
  return `/api/v1/nodes/${name}`
}

/** The boot ID that `nodeObject` gives a node unless told another; stable for the name. */
export function bootIdOf(name: string): string {
  return `boot-${name}`
}

function readyCondition() {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const times = { lastHeartbeatTime: now, lastTransitionTime: now }
  return { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', ...times }
}

function nodeInfo({ name, bootID = bootIdOf(name), containerRuntimeVersion = 'containerd://2.1.9' }: NodeOptions) {
  return {
    machineID: name,
    systemUUID: name,
    bootID,
    kernelVersion: '6.12.0',
    osImage: 'Linux',
    containerRuntimeVersion,
    kubeletVersion: 'v1.37.2',
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  }
}
