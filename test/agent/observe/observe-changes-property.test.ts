// What a sweep after events concludes must be what a sweep of everything concludes, whatever happens on the node.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { createContainerdRuntime } from '../../../src/agent/containerd-runtime.ts'
import { observe } from '../../../src/agent/observe/observe.ts'
import { createContainerdClient } from '../../../src/containerd/containerd-client.ts'
import { CALLS } from '../../../src/report/facts/calls.ts'
import { reportFacts } from '../../../src/report/facts/report-facts.ts'
import { type FakeContainerd, startFakeContainerd } from '../../support/fake-containerd.ts'
import { socketFolder } from '../../support/socket-folder.ts'
import { until } from '../../support/until.ts'

const SNAPSHOTTERS = ['overlayfs', 'soci'] as const
const BOOT_SECONDS = 1795355889
const AT = { seconds: `${BOOT_SECONDS}`, nanos: 1 }
const BEFORE = { seconds: `${BOOT_SECONDS - 1}`, nanos: 1 }
const FACTS = { expectedSnapshotter: 'soci', bootTimeMs: BOOT_SECONDS * 1000 }
const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`

type Records = Map<string, Record<string, unknown>>
type Emit = (topic: string, subject: string) => void

interface Pull {
  readonly snapshotter: string
  readonly platforms: number
  readonly keeps: boolean
  readonly isCRI: boolean
  /** The last of its names may be on their way. */
  readonly names: number
  readonly isOld: boolean
}

/** A containerd's store, changed as containerd changes it, with the events that it sends. */
class Store {
  readonly images: Records = new Map()
  readonly content: Records = new Map()
  readonly containers: Records = new Map()
  readonly snapshots: Record<string, Records> = { overlayfs: new Map(), soci: new Map() }
  readonly emit: Emit

  constructor(emit: Emit) {
    this.emit = emit
  }

  pull(n: number, how: Pull): void {
    const target = digest(`target ${n}`)
    const manifests = Array.from({ length: how.platforms }, (_, at) => digest(`manifest ${n} ${at}`))
    const isIndex = how.platforms > 1
    const labels = (prefix: string, digests: string[]) =>
      Object.fromEntries(digests.map((d, at) => [`${prefix}${at}`, d]))
    const own = isIndex ? (manifests[0] ?? '') : target
    const layers = [digest('base'), digest(`layer ${n}`)]
    const config = digest(`config ${n}`)
    if (isIndex) this.blob(target, labels('containerd.io/gc.ref.content.m.', manifests))
    this.blob(own, {
      'containerd.io/gc.ref.content.config': config,
      ...(how.keeps && labels('containerd.io/gc.ref.content.l.', layers)),
    })
    if (how.keeps) for (const layer of layers) this.blob(layer, {})
    if (!this.content.has(config)) this.blob(config, {})
    if (how.snapshotter !== '') this.unpack(n, how.snapshotter, how.isOld ? BEFORE : AT)
    const names = [`r.io/image-${n}:1`, `r.io/image-${n}@${target}`, ...(how.isCRI ? [config] : [])]
    for (const name of names.slice(0, how.names)) {
      const isNew = !this.images.has(name)
      this.images.set(name, { name, target: { digest: target }, labels: { 'io.cri-containerd.image': 'managed' } })
      this.emit(isNew ? '/images/create' : '/images/update', name)
    }
  }

  blob(key: string, labels: object): void {
    this.content.set(key, { digest: key, created_at: BEFORE, labels })
  }

  unpack(n: number, snapshotter: string, at = AT): void {
    const chainID = digest(`chain ${n}`)
    const blob = this.content.get(digest(`config ${n}`))
    if (blob === undefined) return
    blob.labels = { ...(blob.labels as object), [`containerd.io/gc.ref.snapshot.${snapshotter}`]: chainID }
    this.snapshots[snapshotter]?.set(chainID, { name: chainID, kind: 'COMMITTED', created_at: at, labels: {} })
  }

  /** Removes names of an image, and what belongs to it behind the last one. */
  remove(n: number, count: number): void {
    const names = [...this.images.keys()].filter(
      name =>
        name.startsWith(`r.io/image-${n}:`) || name.startsWith(`r.io/image-${n}@`) || name === digest(`config ${n}`),
    )
    for (const name of names.slice(0, count)) {
      this.images.delete(name)
      this.emit('/images/delete', name)
    }
    if (names.length > count) return
    for (const [snapshotter, list] of Object.entries(this.snapshots)) {
      if (list.delete(digest(`chain ${n}`))) this.emit('/snapshot/remove', digest(`chain ${n}`))
      void snapshotter
    }
    for (const key of [digest(`target ${n}`), digest(`manifest ${n} 0`), digest(`config ${n}`), digest(`layer ${n}`)])
      if (this.content.delete(key)) this.emit('/content/delete', key)
  }

  discard(n: number): void {
    if (this.content.delete(digest(`layer ${n}`))) this.emit('/content/delete', digest(`layer ${n}`))
  }

  loseSnapshot(n: number, snapshotter: string): void {
    if (this.snapshots[snapshotter]?.delete(digest(`chain ${n}`))) this.emit('/snapshot/remove', digest(`chain ${n}`))
  }

  /** CRI unpacks an image that is elsewhere for the container, without an event of the image. */
  run(n: number, image: number, snapshotter: string): void {
    const id = digest(`container ${n}`).slice(7)
    if (this.images.has(`r.io/image-${image}:1`)) this.unpack(image, snapshotter)
    const labels = {
      'io.cri-containerd.kind': n % 3 === 0 ? 'sandbox' : 'container',
      'io.kubernetes.pod.uid': `${n % 3}`,
    }
    this.containers.set(id, {
      id,
      image: `r.io/image-${image}:1`,
      snapshotter,
      created_at: { ...AT, nanos: n },
      labels,
    })
    this.emit('/containers/create', id)
  }

  stop(n: number): void {
    const id = digest(`container ${n}`).slice(7)
    if (!this.containers.delete(id)) return
    this.emit('/snapshot/remove', id)
    this.emit('/containers/delete', id)
  }

  answers(): Record<string, unknown> {
    const sorted = (records: Records) => [...records].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, r]) => r)
    return {
      [CALLS.plugins]: { plugins: pluginsInAnyOrder() },
      [CALLS.images]: { images: sorted(this.images) },
      [CALLS.content]: sorted(this.content),
      [CALLS.containers]: { containers: sorted(this.containers) },
      'snapshots.List.soci': sorted(this.snapshots.soci as Records),
      'snapshots.List.overlayfs': sorted(this.snapshots.overlayfs as Records),
    }
  }
}

// The entries of a map come in any order.
let isTurned = false
const pluginsInAnyOrder = (): unknown => {
  isTurned = !isTurned
  return SNAPSHOTTERS.map(id => {
    const entries = [
      ['root', `/r/${id}`],
      ['enable_remote_snapshot_annotations', 'true'],
    ]
    const exports = Object.fromEntries(isTurned ? entries : entries.reverse())
    return { type: 'io.containerd.snapshotter.v1', id, exports }
  })
}

const DAEMON = {
  [CALLS.version]: { version: 'v2.1.9' },
  [CALLS.server]: { uuid: 'u', pid: '812', pidns: '1' },
  [CALLS.imageFs]: { image_filesystems: [{ fs_id: { mountpoint: '/r/soci' } }] },
  [CALLS.podSandboxes]: { items: [] },
}

const number = fc.integer({ min: 0, max: 4 })
const snapshotter = fc.constantFrom('soci', 'soci', 'soci', 'overlayfs')
const how = fc.record({
  snapshotter: fc.constantFrom('soci', 'soci', 'overlayfs', ''),
  platforms: fc.constantFrom(1, 3),
  keeps: fc.boolean(),
  isCRI: fc.constantFrom(true, true, false),
  names: fc.constantFrom(1, 2, 3, 3),
  isOld: fc.boolean(),
})
const step: fc.Arbitrary<(store: Store) => void> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(number, how).map(
      ([n, pulled]) =>
        (store: Store) =>
          store.pull(n, pulled),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(number, fc.constantFrom(1, 2, 3, 3)).map(
      ([n, count]) =>
        (store: Store) =>
          store.remove(n, count),
    ),
  },
  { weight: 1, arbitrary: number.map(n => (store: Store) => store.discard(n)) },
  {
    weight: 1,
    arbitrary: fc.tuple(number, snapshotter).map(
      ([n, s]) =>
        (store: Store) =>
          store.loseSnapshot(n, s),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.integer({ min: 0, max: 8 }), number, snapshotter).map(
      ([n, image, s]) =>
        (store: Store) =>
          store.run(n, image, s),
    ),
  },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 8 }).map(n => (store: Store) => store.stop(n)) },
)

const OPTIONS = { expectedSnapshotter: 'soci', deadlineMs: 20_000 }

t.test('a sweep of what events name comes to the facts of a sweep of everything', async t => {
  const folder = socketFolder(t)
  const address = join(folder, 'c.sock')
  const containerd: FakeContainerd = await startFakeContainerd(address, { ...DAEMON, ...new Store(() => {}).answers() })
  const client = createContainerdClient({ address })
  t.teardown(async () => {
    client.close()
    await containerd.stop()
  })
  t.setTimeout(120_000)
  let partly = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 8 }), async rounds => {
      const runtime = createContainerdRuntime({ address, ...FACTS })
      const following = new AbortController()
      let told = 0
      let sent = 0
      const store = new Store((topic, subject) => {
        if (topic !== '/snapshot/remove' || subject.startsWith('sha256:')) sent += 1
        containerd.emit(topic, subject)
      })
      Object.assign(containerd.answers, store.answers())
      runtime.follow(
        {
          onOpened: () => {},
          onChange: () => {
            told += 1
          },
          onLost: why => assert.fail(why),
        },
        following.signal,
      )
      await until(() => containerd.followers() === 1)
      try {
        await runtime.inspect(following.signal)
        for (const steps of rounds) {
          for (const take of steps) take(store)
          Object.assign(containerd.answers, store.answers())
          await until(() => told === sent)
          const callsBefore = containerd.calls.length
          const found = await runtime.inspect(following.signal)
          const lists = containerd.calls.slice(callsBefore).filter(call => call.includes('Images/List'))
          if (sent > 0 && lists.length === 0) partly += 1
          const everything = reportFacts(await observe(client, OPTIONS), FACTS)
          assert.deepEqual(found, everything)
        }
      } finally {
        following.abort()
        runtime.close()
        await until(() => containerd.followers() === 0)
      }
    }),
    { numRuns: 30 },
  )
  t.ok(partly > 10, `${partly} sweeps were of what events name`)
})
