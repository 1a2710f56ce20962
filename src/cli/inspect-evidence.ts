import { plainText } from '../policy/plain-text.ts'
import { shortList } from '../policy/short-list.ts'
import { CALLS, pluginCall, pluginImageCall, snapshotsCall } from '../report/facts/calls.ts'
import type { NodeReport, ReportedSnapshotter } from '../report/node-report.ts'

type Row = readonly [fact: string, value: string, readFrom: string]

const UNTOLD = 'could not be told'

const AUTHENTICATION: Readonly<Record<NodeReport['registryAuthentication'], string>> = {
  CRICredentials: "the kubelet's, by CRI",
  DockerConfig: 'a Docker configuration',
  KubernetesSecrets: 'Kubernetes secrets',
  None: 'none found',
  Unknown: UNTOLD,
}

/** The evidence as rows of a table: the fact, what was found, and the call that told it. */
export const evidenceRows = (report: NodeReport, expected: string): readonly Row[] => {
  const { runtime, defaultSnapshotter } = report
  const lists = [CALLS.images, CALLS.content, snapshotsCall(defaultSnapshotter.name || expected)].join(', ')
  return [
    ['containerd', containerdOf(runtime), `${CALLS.version}, ${CALLS.server}`],
    ...(runtime.criError === '' ? [] : [['CRI', plainText(runtime.criError, 90), CALLS.criStatus] as const]),
    ['default snapshotter', told(defaultSnapshotter.name), sourceOf(defaultSnapshotter.source)],
    snapshotterRow(report.snapshotters, expected),
    ['containers', containersOf(report.containers), CALLS.containers],
    ...foreignRow(report.containers.foreign),
    ['images', imagesOf(report.images), lists],
    ['sandbox image', sandboxOf(report.sandboxImage), lists],
    ...handlersRow(report),
    [
      'unpacked layers',
      flagWords(report.discardUnpackedLayers, 'discarded', 'kept'),
      `${CALLS.criStatus}, ${CALLS.plugins}`,
    ],
    [
      'annotations',
      flagWords(report.snapshotAnnotations, 'sent', 'not sent'),
      snapshotsCall(defaultSnapshotter.name || expected),
    ],
    ['registry credentials', AUTHENTICATION[report.registryAuthentication], pluginImageCall(expected)],
  ]
}

const told = (text: string): string => (text === '' ? UNTOLD : plainText(text))

const flagWords = (flag: boolean | null, yes: string, no: string): string => {
  if (flag === null) return UNTOLD
  return flag ? yes : no
}

const sourceOf = (source: string): string => (source === 'Status' ? CALLS.criConfig : CALLS.imageFs)

const containerdOf = ({ version, session }: NodeReport['runtime']): string => {
  const since = session === null || session.startTime === '' ? '' : ` since ${session.startTime}`
  return session === null ? told(version) : `${told(version)} (process ${session.pid}${since})`
}

const snapshotterRow = (snapshotters: readonly ReportedSnapshotter[], expected: string): Row => {
  const found = snapshotters.find(({ name }) => name === expected)
  const readFrom = `${CALLS.plugins}, ${pluginCall(expected)}`
  if (found === undefined) return [`snapshotter ${plainText(expected)}`, UNTOLD, readFrom]
  if (!found.registered) return [`snapshotter ${plainText(expected)}`, 'not registered', CALLS.plugins]
  const answers = { true: ', answers', false: ', does not answer', null: '' }[String(found.responds) as 'true']
  return [`snapshotter ${plainText(expected)}`, `registered${answers}`, readFrom]
}

const containersOf = ({ bySnapshotter }: NodeReport['containers']): string => {
  if (bySnapshotter === null) return UNTOLD
  const counts = Object.entries(bySnapshotter).map(([name, count]) => `${count} in ${plainText(name)}`)
  return counts.length === 0 ? 'none' : counts.join(', ')
}

const foreignRow = (foreign: NodeReport['containers']['foreign']): Row[] => {
  if (foreign === null || foreign.length === 0) return []
  return [
    ['  outside', shortList(foreign.map(({ name, snapshotter }) => `${name} (${snapshotter})`)), CALLS.podSandboxes],
  ]
}

const imagesOf = ({ total, foreign, stranded, recoverable, missing }: NodeReport['images']): string => {
  if (total === null) return UNTOLD
  const parts = Object.entries({ 'unpacked elsewhere': foreign, stranded, recoverable, missing })
    .filter(([, references]) => references === null || references.length > 0)
    .map(([word, references]) => (references === null ? `${word} ${UNTOLD}` : `${references.length} ${word}`))
  return [`${total}`, ...parts].join(', ')
}

const SANDBOX: Readonly<Record<NodeReport['sandboxImage']['status'], string>> = {
  InDefault: 'in the default snapshotter',
  Recoverable: 'outside the default snapshotter, with its layers',
  Stranded: 'stranded',
  Missing: 'missing in the snapshotter',
  Unknown: UNTOLD,
}

const sandboxOf = ({ reference, status }: NodeReport['sandboxImage']): string =>
  reference === '' ? SANDBOX[status] : `${plainText(reference)}: ${SANDBOX[status]}`

const handlersRow = ({ runtimeHandlers }: NodeReport): Row[] => {
  const own = runtimeHandlers.filter(({ snapshotter }) => snapshotter !== '')
  if (own.length === 0) return []
  return [
    ['runtime handlers', shortList(own.map(({ name, snapshotter }) => `${name} uses ${snapshotter}`)), CALLS.criConfig],
  ]
}
