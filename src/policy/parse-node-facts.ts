import type { Parsed, Problem } from '../errors.ts'
import { createObjectReader, type ObjectReader } from '../report/object-reader.ts'
import type { Taint } from '../scheduling/scheduling-node.ts'
import { SNAPSHOTTER_CONDITION } from './mark-names.ts'
import type { NodeCondition } from './node-condition.ts'
import type { NodeFacts } from './node-facts.ts'

const OS_LABEL = 'kubernetes.io/os'

const readTaint = (taint: ObjectReader): Taint => ({
  key: taint.string('key'),
  value: taint.string('value'),
  effect: taint.string('effect'),
})

const readCondition = (condition: ObjectReader): NodeCondition & { readonly type: string } => ({
  type: condition.string('type'),
  status: condition.string('status'),
  reason: condition.string('reason'),
  message: condition.string('message'),
})

const snapshotterReady = (status: ObjectReader): Pick<NodeFacts, 'snapshotterReady'> => {
  const found = status.objects('conditions', readCondition)?.find(({ type }) => type === SNAPSHOTTER_CONDITION)
  if (found === undefined) return {}
  return { snapshotterReady: { status: found.status, reason: found.reason, message: found.message } }
}

// The kubelet sets the label when it registers the Node, so it may be there before the first status.
const readOperatingSystem = (nodeInfo: ObjectReader, labels: Readonly<Record<string, string>>): string =>
  nodeInfo.string('operatingSystem') || (Object.hasOwn(labels, OS_LABEL) ? (labels[OS_LABEL] ?? '') : '')

/** What policy reads of a whole Node object, or every problem in it with its path; a Node without status is fine. */
export const parseNodeFacts = (object: unknown): Parsed<NodeFacts> => {
  const problems: Problem[] = []
  const root = createObjectReader(object ?? null, '', problems)
  if (problems.length > 0) return { ok: false, problems }
  // The items of a NodeList do not repeat apiVersion and kind, so only a kind that is there can be wrong.
  root.oneOf('kind', ['Node'], 'Node')
  const metadata = root.object('metadata')
  const spec = root.object('spec')
  const status = root.object('status')
  const nodeInfo = status.object('nodeInfo')
  const labels = metadata.stringMap('labels') ?? {}
  const facts: NodeFacts = {
    name: metadata.string('name'),
    labels,
    taints: spec.objects('taints', readTaint) ?? [],
    unschedulable: spec.boolean('unschedulable') ?? false,
    uid: metadata.string('uid'),
    bootID: nodeInfo.string('bootID'),
    containerRuntimeVersion: nodeInfo.string('containerRuntimeVersion'),
    operatingSystem: readOperatingSystem(nodeInfo, labels),
    creationTimestamp: metadata.string('creationTimestamp'),
    ...snapshotterReady(status),
  }
  if (facts.name === '' && problems.length === 0) {
    problems.push({ path: 'metadata.name', message: 'expected the name of a node; found nothing' })
  }
  return problems.length === 0 ? { ok: true, value: facts } : { ok: false, problems }
}
