// What a containerd with thousands of images holds, in the sizes that real ones have: a container's spec of 18 KB, manifests and
// snapshots with all the labels that containerd, CRI and SOCI put on them, of which the agent reads a few.
import { createHash } from 'node:crypto'
import { encodeMessage } from '../../../src/containerd/encode-message.ts'
import { type MessageFields, TIMESTAMP } from '../../../src/containerd/message-fields.ts'

/** How large a node is. */
export interface NodeSize {
  readonly images: number
  readonly containers: number
}

/** A record as it goes over the wire, and what filters look at. */
export interface WireRecord {
  readonly key: string
  readonly labels: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

/** Everything that a node holds, by key. */
export interface BigNode {
  readonly images: Map<string, WireRecord>
  readonly content: Map<string, WireRecord>
  readonly snapshots: Map<string, WireRecord>
  readonly containers: Map<string, WireRecord>
  readonly sandboxes: Map<string, Buffer>
}

const LAYERS = 8
const PLATFORMS = 8
const SPEC_BYTES = 18_000
// The first layers are those of a few bases, which images share.
const SHARED_LAYERS = 3
const BASES = 40

const ANY: MessageFields = { 1: ['type_url', 'string'], 2: ['value', 'bytes'] }
const DESCRIPTOR: MessageFields = { 1: ['media_type', 'string'], 2: ['digest', 'string'], 3: ['size', 'int64'] }
const IMAGE: MessageFields = {
  1: ['name', 'string'],
  2: ['labels', { map: 'string' }],
  3: ['target', { message: DESCRIPTOR }],
  7: ['created_at', TIMESTAMP],
  8: ['updated_at', TIMESTAMP],
}
const BLOB: MessageFields = {
  1: ['digest', 'string'],
  2: ['size', 'int64'],
  3: ['created_at', TIMESTAMP],
  4: ['updated_at', TIMESTAMP],
  5: ['labels', { map: 'string' }],
}
const SNAPSHOT: MessageFields = {
  1: ['name', 'string'],
  2: ['parent', 'string'],
  3: ['kind', 'int32'],
  4: ['created_at', TIMESTAMP],
  5: ['updated_at', TIMESTAMP],
  6: ['labels', { map: 'string' }],
}
const CONTAINER: MessageFields = {
  1: ['id', 'string'],
  2: ['labels', { map: 'string' }],
  3: ['image', 'string'],
  4: ['runtime', { message: { 1: ['name', 'string'], 2: ['options', { message: ANY }] } }],
  5: ['spec', { message: ANY }],
  6: ['snapshotter', 'string'],
  7: ['snapshot_key', 'string'],
  8: ['created_at', TIMESTAMP],
  9: ['updated_at', TIMESTAMP],
  11: ['sandbox', 'string'],
}
const SANDBOX: MessageFields = {
  1: ['id', 'string'],
  2: ['metadata', { message: { 1: ['name', 'string'], 2: ['uid', 'string'], 3: ['namespace', 'string'] } }],
  3: ['state', 'int32'],
  4: ['created_at', 'int64'],
  5: ['labels', { map: 'string' }],
  6: ['annotations', { map: 'string' }],
  7: ['runtime_handler', 'string'],
}

const COMMITTED = 3
const ACTIVE = 2
const AT = { seconds: '1795355889', nanos: 283_449_632 }
const TIMES = { created_at: AT, updated_at: AT }
const SPEC = { type_url: 'types.containerd.io/opencontainers/runtime-spec/1/Spec', value: Buffer.alloc(SPEC_BYTES, 97) }

const hex = (text: string): string => createHash('sha256').update(text).digest('hex')
const digest = (text: string): string => `sha256:${hex(text)}`
const numbered = (prefix: string, digests: readonly string[]): [string, string][] =>
  digests.map((value, at) => [`${prefix}${at}`, value])

const put = (
  map: Map<string, WireRecord>,
  key: string,
  labels: Record<string, string>,
  value: Record<string, unknown>,
  fields: MessageFields,
): void => {
  map.set(key, { key, labels, bytes: encodeMessage({ ...value, ...TIMES, labels }, fields) })
}

/** An empty node. */
export const emptyNode = (): BigNode => ({
  images: new Map(),
  content: new Map(),
  snapshots: new Map(),
  containers: new Map(),
  sandboxes: new Map(),
})

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'

const namesOf = (at: number): readonly string[] => {
  const repository = `${REGISTRY}/team-${at % 50}/service-${at}`
  return [`${repository}:v1.${at}.0`, `${repository}@${digest(`index ${at}`)}`, digest(`config ${at}`)]
}

/** Adds an image that CRI pulled into `snapshotter` for one of many platforms; tells its names. */
export const addImage = (node: BigNode, at: number, snapshotter = 'soci'): readonly string[] => {
  const repository = `team-${at % 50}/service-${at}`
  const source = { [`containerd.io/distribution.source.${REGISTRY}`]: repository }
  const layer = (index: number): string => digest(index < SHARED_LAYERS ? `${at % BASES} ${index}` : `${at} ${index}`)
  const layers = Array.from({ length: LAYERS }, (_, index) => layer(index))
  const config = digest(`config ${at}`)
  const manifests = Array.from({ length: PLATFORMS }, (_, index) => digest(`manifest ${at} ${index}`))
  const [manifest = ''] = manifests
  const target = digest(`index ${at}`)
  const [tag = ''] = namesOf(at)
  // An ID of chained layers is as good as any other.
  const chainIDs = layers.map((_, index) => digest(`chain ${layers.slice(0, index + 1).join()}`))
  addBlobs()
  if (snapshotter === 'soci') addSnapshots()
  const names = namesOf(at)
  const labels = { 'io.cri-containerd.image': 'managed', ...(at === 0 && { 'io.cri-containerd.pinned': 'pinned' }) }
  const descriptor = { media_type: 'application/vnd.oci.image.index.v1+json', digest: target, size: '1609' }
  for (const name of names) put(node.images, name, labels, { name, target: descriptor }, IMAGE)
  return names

  function addBlobs(): void {
    const put_ = (key: string, labels: [string, string][]): void =>
      put(node.content, key, { ...source, ...Object.fromEntries(labels) }, { digest: key, size: '1609' }, BLOB)
    put_(target, numbered('containerd.io/gc.ref.content.m.', manifests))
    put_(manifest, [
      ['containerd.io/gc.ref.content.config', config],
      ...numbered('containerd.io/gc.ref.content.l.', layers),
    ])
    put_(config, [[`containerd.io/gc.ref.snapshot.${snapshotter}`, chainIDs.at(-1) ?? '']])
    for (const [index, key] of layers.entries()) put_(key, [['containerd.io/uncompressed', digest(`diff ${index}`)]])
  }

  function addSnapshots(): void {
    for (const [index, name] of chainIDs.entries()) {
      const labels = {
        'containerd.io/snapshot.ref': name,
        'containerd.io/snapshot/cri.image-layers': layers.slice(index).join(),
        'containerd.io/snapshot/cri.image-ref': tag,
        'containerd.io/snapshot/cri.layer-digest': layers[index] ?? '',
        'containerd.io/snapshot/cri.manifest-digest': manifest,
        'containerd.io/snapshot/diff-id': digest(`diff ${index}`),
        'containerd.io/snapshot/remote': 'remote snapshot',
        'containerd.io/snapshot/remote/has.soci.index.digest': 'true',
      }
      put(node.snapshots, name, labels, { name, parent: chainIDs[index - 1] ?? '', kind: COMMITTED }, SNAPSHOT)
    }
  }
}

/** Removes an image's names and config; its layers stay, as if others used them. */
export const removeImage = (node: BigNode, at: number): readonly string[] => {
  const names = namesOf(at)
  for (const name of names) node.images.delete(name)
  node.content.delete(digest(`config ${at}`))
  return names
}

const PER_POD = 5

/** Adds a container; every fifth is the sandbox of the four after it. Tells its ID. */
export const addContainer = (node: BigNode, at: number, snapshotter = 'soci'): string => {
  const id = hex(`container ${at}`)
  const isSandbox = at % PER_POD === 0
  const pod = Math.floor(at / PER_POD)
  const sandbox = hex(`container ${pod * PER_POD}`)
  const uid = hex(`pod ${pod}`).slice(0, 36)
  const podLabels = {
    'app.kubernetes.io/name': `service-${pod}`,
    'io.kubernetes.pod.name': `service-${pod}-7d4b9c6f5-abcde`,
    'io.kubernetes.pod.namespace': `team-${pod % 50}`,
    'io.kubernetes.pod.uid': uid,
    'pod-template-hash': '7d4b9c6f5',
  }
  const labels = {
    ...podLabels,
    'io.cri-containerd.kind': isSandbox ? 'sandbox' : 'container',
    ...(!isSandbox && { 'io.kubernetes.container.name': `c${at % PER_POD}` }),
  }
  const image = isSandbox
    ? 'registry.k8s.io/pause:3.10'
    : `123456789012.dkr.ecr.eu-west-1.amazonaws.com/team-${pod % 50}/service-${pod}:v1.${pod}.0`
  const runtime = {
    name: 'io.containerd.runc.v2',
    options: { type_url: 'containerd.runc.v1.Options', value: Buffer.alloc(30) },
  }
  const container = { id, image, runtime, spec: SPEC, snapshotter, snapshot_key: id, sandbox }
  put(node.containers, id, labels, container, CONTAINER)
  put(node.snapshots, id, {}, { name: id, parent: digest('parent'), kind: ACTIVE }, SNAPSHOT)
  if (isSandbox) node.sandboxes.set(id, sandboxBytes(id, uid, podLabels))
  return id
}

const sandboxBytes = (id: string, uid: string, labels: Record<string, string>): Buffer => {
  const metadata = {
    name: labels['io.kubernetes.pod.name'],
    uid,
    namespace: labels['io.kubernetes.pod.namespace'],
  }
  const annotations = {
    'kubernetes.io/config.seen': '2026-11-22T09:00:00.000000000Z',
    'kubernetes.io/config.source': 'api',
  }
  return encodeMessage({ id, metadata, state: 0, created_at: '1795355889283449632', labels, annotations }, SANDBOX)
}

/** A node of that size on which everything is in SOCI. */
export const bigNode = ({ images, containers }: NodeSize): BigNode => {
  const node = emptyNode()
  for (let at = 0; at < images; at++) addImage(node, at)
  for (let at = 0; at < containers; at++) addContainer(node, at)
  return node
}
