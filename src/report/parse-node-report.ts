// The contract between the agent and its readers. A fact that is absent becomes null or '' ("could not tell"); a fact of the
// wrong type is a problem, because guessing at evidence would be worse than having none. Fields not known here are ignored.

import type { Parsed, Problem } from '../errors.ts'
import type {
  ForeignContainer,
  MixedLatch,
  NodeReport,
  RegistryAuthentication,
  ReportedRuntimeHandler,
  ReportedSnapshotter,
  SandboxImageStatus,
} from './node-report.ts'
import { createObjectReader, type ObjectReader } from './object-reader.ts'

/** The API version of the NodeSnapshotter objects that this release reads and writes. */
export const REPORT_API_VERSION = 'soci-guard.dev/v1alpha1'

/** The kind of the objects that carry a node's report. */
export const REPORT_KIND = 'NodeSnapshotter'

const CONTAINER_KINDS: readonly ForeignContainer['kind'][] = ['sandbox', 'container']

const SANDBOX_IMAGE_STATUSES: readonly SandboxImageStatus[] = [
  'InDefault',
  'Recoverable',
  'Stranded',
  'Missing',
  'Unknown',
]

const REGISTRY_AUTHENTICATIONS: readonly RegistryAuthentication[] = [
  'CRICredentials',
  'DockerConfig',
  'KubernetesSecrets',
  'None',
  'Unknown',
]

const readRuntime = (runtime: ObjectReader): NodeReport['runtime'] => {
  const session = runtime.object('session')
  return {
    name: runtime.string('name'),
    version: runtime.string('version'),
    rootUUID: runtime.string('rootUUID'),
    session: runtime.has('session') ? { pid: session.count('pid') ?? 0, startTime: session.string('startTime') } : null,
    criError: runtime.string('criError'),
  }
}

const readSnapshotter = (snapshotter: ObjectReader): ReportedSnapshotter => ({
  name: snapshotter.string('name'),
  address: snapshotter.string('address'),
  root: snapshotter.string('root'),
  registered: snapshotter.boolean('registered') ?? false,
  responds: snapshotter.boolean('responds'),
})

const readRuntimeHandler = (handler: ObjectReader): ReportedRuntimeHandler => ({
  name: handler.string('name'),
  snapshotter: handler.string('snapshotter'),
})

const readForeignContainer = (container: ObjectReader): ForeignContainer => ({
  id: container.string('id'),
  name: container.string('name'),
  kind: container.oneOf('kind', CONTAINER_KINDS, 'container'),
  snapshotter: container.string('snapshotter'),
  createdAt: container.string('createdAt'),
})

const readImages = (images: ObjectReader): NodeReport['images'] => ({
  total: images.count('total'),
  foreign: images.strings('foreign'),
  stranded: images.strings('stranded'),
  recoverable: images.strings('recoverable'),
  missing: images.strings('missing'),
})

const readLatch = (latch: ObjectReader): MixedLatch => ({
  since: latch.string('since'),
  reason: latch.string('reason'),
  message: latch.string('message'),
})

const readSpec = (name: string, spec: ObjectReader): NodeReport => {
  const agent = spec.object('agent')
  const defaultSnapshotter = spec.object('defaultSnapshotter')
  const containers = spec.object('containers')
  const sandboxImage = spec.object('sandboxImage')
  return {
    name,
    nodeUID: spec.string('nodeUID'),
    bootID: spec.string('bootID'),
    bootTime: spec.string('bootTime'),
    agent: { podUID: agent.string('podUID'), version: agent.string('version') },
    runtime: readRuntime(spec.object('runtime')),
    defaultSnapshotter: { name: defaultSnapshotter.string('name'), source: defaultSnapshotter.string('source') },
    snapshotters: spec.objects('snapshotters', readSnapshotter) ?? [],
    runtimeHandlers: spec.objects('runtimeHandlers', readRuntimeHandler) ?? [],
    containers: {
      bySnapshotter: containers.countMap('bySnapshotter'),
      foreign: containers.objects('foreign', readForeignContainer),
    },
    images: readImages(spec.object('images')),
    sandboxImage: {
      reference: sandboxImage.string('reference'),
      status: sandboxImage.oneOf('status', SANDBOX_IMAGE_STATUSES, 'Unknown'),
    },
    discardUnpackedLayers: spec.boolean('discardUnpackedLayers'),
    snapshotAnnotations: spec.boolean('snapshotAnnotations'),
    configTrap: spec.string('configTrap'),
    registryAuthentication: spec.oneOf('registryAuthentication', REGISTRY_AUTHENTICATIONS, 'Unknown'),
    mixed: spec.has('mixed') ? readLatch(spec.object('mixed')) : null,
    // An agent that does not say that it has verified its facts has not.
    verified: spec.boolean('verified') ?? false,
    sequence: spec.count('sequence') ?? 0,
    renewTime: spec.string('renewTime'),
  }
}

/** The report in a whole NodeSnapshotter object, or every problem in it with its path; the name is metadata.name. */
export const parseNodeReport = (object: unknown): Parsed<NodeReport> => {
  const problems: Problem[] = []
  const root = createObjectReader(object ?? null, '', problems)
  if (problems.length > 0) return { ok: false, problems }
  const expectWord = (key: string, word: string): void => {
    if (root.has(key)) root.oneOf(key, [word], word)
    else problems.push({ path: key, message: `expected ${word}; found nothing` })
  }
  expectWord('apiVersion', REPORT_API_VERSION)
  expectWord('kind', REPORT_KIND)
  const problemsBefore = problems.length
  const name = root.object('metadata').string('name')
  if (name === '' && problems.length === problemsBefore) {
    problems.push({ path: 'metadata.name', message: 'expected the name of a node; found nothing' })
  }
  if (!root.has('spec')) problems.push({ path: 'spec', message: 'expected what the agent observed; found nothing' })
  const report = readSpec(name, root.object('spec'))
  return problems.length === 0 ? { ok: true, value: report } : { ok: false, problems }
}
