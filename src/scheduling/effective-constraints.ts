import type { PodConstraints, Toleration } from './pod-constraints.ts'
import type { RuntimeClassScheduling } from './runtime-class-scheduling.ts'

/** What the pod is made from, as far as it decides what is added to its constraints. */
export interface AdmissionContext {
  /** Present when the DaemonSet controller makes the pod. */
  readonly daemonSet?: { readonly hostNetwork: boolean } | undefined
  /** The scheduling part of the pod's RuntimeClass. */
  readonly runtimeClass?: RuntimeClassScheduling | undefined
}

/**
 * The constraints the scheduler will see: those written, and what the DaemonSet controller, DefaultTolerationSeconds and
 * the RuntimeClass plugin add, in this order. A RuntimeClass whose nodeSelector contradicts the pod's makes the API server
 * refuse the pod, so the result then matches no node.
 */
export const withAdmissionDefaults = (constraints: PodConstraints, context: AdmissionContext): PodConstraints => {
  const daemonTolerations = context.daemonSet === undefined ? [] : tolerationsOfDaemonPods(context.daemonSet)
  const tolerations = withDefaultTolerationSeconds([...constraints.tolerations, ...daemonTolerations])
  return withRuntimeClass({ ...constraints, tolerations }, context.runtimeClass)
}

const exists = (key: string, effect: string): Toleration => ({ key, operator: 'Exists', value: '', effect })

const notReady = exists('node.kubernetes.io/not-ready', 'NoExecute')
const unreachable = exists('node.kubernetes.io/unreachable', 'NoExecute')

// pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations.
const daemonPodTolerations = [
  notReady,
  unreachable,
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
]
const networkUnavailable = exists('node.kubernetes.io/network-unavailable', 'NoSchedule')

const tolerationsOfDaemonPods = ({ hostNetwork }: { readonly hostNetwork: boolean }): readonly Toleration[] =>
  hostNetwork ? [...daemonPodTolerations, networkUnavailable] : daemonPodTolerations

// The plugin looks at key and effect only: a toleration of one value of the taint, too, keeps the default away.
const withDefaultTolerationSeconds = (tolerations: readonly Toleration[]): readonly Toleration[] => {
  const missing = [notReady, unreachable].filter(
    added =>
      !tolerations.some(
        ({ key, effect }) => (key === added.key || key === '') && (effect === 'NoExecute' || effect === ''),
      ),
  )
  return [...tolerations, ...missing]
}

// The plugin also drops tolerations that another one covers, which no filter can notice.
const withRuntimeClass = (constraints: PodConstraints, scheduling: RuntimeClassScheduling | undefined) => {
  if (scheduling === undefined) return constraints
  const nodeSelector = new Map(Object.entries(constraints.nodeSelector))
  let contradiction = false
  for (const [key, value] of Object.entries(scheduling.nodeSelector)) {
    if ((nodeSelector.get(key) ?? value) !== value) contradiction = true
    nodeSelector.set(key, value)
  }
  return {
    ...constraints,
    // From entries and not by assignment, which would lose a key like __proto__.
    nodeSelector: Object.fromEntries(nodeSelector),
    requiredTerms: contradiction ? [] : constraints.requiredTerms,
    tolerations: [...constraints.tolerations, ...scheduling.tolerations],
  }
}
