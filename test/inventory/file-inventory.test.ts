import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DEFAULT_CONFIGURATION } from '../../src/config/default-configuration.ts'
import { createFileInventory, type FileInventory } from '../../src/inventory/file-inventory.ts'
import { createRoster, type Roster } from '../../src/policy/roster.ts'
import { until } from '../support/until.ts'

const NODE = (name: string) => `apiVersion: v1
kind: Node
metadata: { name: ${name}, uid: u }
status: { nodeInfo: { operatingSystem: linux, containerRuntimeVersion: "containerd://2.1.9", bootID: b } }
`
const REPORT = (name: string) => `---
apiVersion: soci-guard.dev/v1alpha1
kind: NodeSnapshotter
metadata: { name: ${name} }
spec:
  nodeUID: u
  bootID: b
  defaultSnapshotter: { name: soci, source: ImageFsInfo }
  snapshotters: [{ name: soci, registered: true, responds: true }]
  sandboxImage: { reference: pause, status: InDefault }
  verified: true
`

interface Watched {
  readonly path: string
  readonly roster: Roster
  readonly inventory: FileInventory
  readonly errors: string[]
  reloads: number
  nowMs: number
}

const watch = (t: Test, path: string): Watched => {
  const ending = new AbortController()
  t.teardown(() => ending.abort())
  const watched: Watched = {
    path,
    roster: createRoster(DEFAULT_CONFIGURATION),
    errors: [],
    reloads: 0,
    nowMs: 1000,
    inventory: undefined as unknown as FileInventory,
  }
  const inventory = createFileInventory({
    path,
    roster: watched.roster,
    nowMs: () => watched.nowMs,
    pollMs: 2,
    renewMs: () => 30_000,
    onReload: () => {
      watched.reloads += 1
    },
    onError: error => watched.errors.push(error instanceof Error ? error.message : String(error)),
    signal: ending.signal,
  })
  return Object.assign(watched, { inventory })
}

const inFile = (t: Test, text: string): Watched =>
  watch(t, join(t.testdir({ 'inventory.yaml': text }), 'inventory.yaml'))

// As editors and kubelet do it: whoever reads sees the old text or the new one.
const replace = (path: string, text: string): void => {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

t.test('nothing is loaded before the first load, and everything after it', async t => {
  const { inventory, roster } = inFile(t, NODE('a') + REPORT('a'))
  t.equal(inventory.loaded(), false)
  t.equal(inventory.ageMs(), Number.POSITIVE_INFINITY)
  await inventory.load()
  t.equal(inventory.loaded(), true)
  t.equal(inventory.ageMs(), 0)
  t.equal(roster.judge('a', 1000).state, 'Ready')
})

t.test('the first load of a bad file rejects, with every problem', async t => {
  const { inventory, path } = inFile(t, `${NODE('a')}---\n${NODE('a')}`)
  await t.rejects(inventory.load(), {
    code: 'SOCI_GUARD_INVENTORY_INVALID',
    message: `${path}: document 2, line 8: metadata.name: expected one Node a, found it again after ${path}, document 1, line 1`,
  })
  t.equal(inventory.loaded(), false)
})

t.test('a good edit is taken over', async t => {
  const watched = inFile(t, NODE('a'))
  await watched.inventory.load()
  replace(watched.path, NODE('b'))
  await until(() => watched.reloads === 1)
  t.equal(watched.roster.knows('a'), false)
  t.equal(watched.roster.knows('b'), true)
  t.strictSame(watched.errors, [])
})

t.test('a bad edit is refused whole and told once, and the next good one is taken over', async t => {
  const watched = inFile(t, NODE('a'))
  await watched.inventory.load()
  replace(watched.path, `${NODE('b')}---\nkind: Node\n`)
  await until(() => watched.errors.length > 0)
  await new Promise(resolve => setTimeout(resolve, 20))
  t.strictSame(watched.errors, [
    `${watched.path}: document 2, line 6: apiVersion: expected a word, as every Kubernetes object has one; found nothing`,
  ])
  t.equal(watched.roster.knows('a'), true)
  t.equal(watched.roster.knows('b'), false)
  t.equal(watched.reloads, 0)
  replace(watched.path, NODE('c'))
  await until(() => watched.reloads === 1)
  t.equal(watched.roster.knows('c'), true)
})

t.test('a file that is gone for a while is told once; its age grows, and nothing is lost', async t => {
  const watched = inFile(t, NODE('a'))
  await watched.inventory.load()
  rmSync(watched.path)
  await until(() => watched.errors.length > 0)
  watched.nowMs += 5000
  t.equal(watched.inventory.ageMs(), 5000)
  t.strictSame(watched.errors, [`cannot read ${watched.path}: no such file or directory`])
  t.equal(watched.roster.knows('a'), true)
  writeFileSync(watched.path, NODE('a'))
  await until(() => watched.reloads === 1)
  t.equal(watched.inventory.ageMs(), 0)
})

t.test('an empty file, as it is for a moment while it is written, drops no node', async t => {
  const watched = inFile(t, NODE('a'))
  await watched.inventory.load()
  writeFileSync(watched.path, '')
  await until(() => watched.errors.length > 0)
  t.equal(watched.roster.knows('a'), true)
})

t.test('a file added to a folder is taken over', async t => {
  const folder = t.testdir({ 'a.yaml': NODE('a') })
  const watched = watch(t, folder)
  await watched.inventory.load()
  writeFileSync(join(folder, 'b.yaml'), NODE('b'))
  await until(() => watched.roster.knows('b'))
  t.equal(watched.roster.knows('a'), true)
})

t.test('reports of a file that is still there stay fresh for ever', async t => {
  const watched = inFile(t, NODE('a') + REPORT('a'))
  await watched.inventory.load()
  for (let round = 0; round < 5; round++) {
    watched.nowMs += 100_000
    const { nowMs } = watched
    await until(() => watched.inventory.ageMs() === 0)
    t.equal(watched.roster.judge('a', nowMs).state, 'Ready')
  }
})

t.test('reports of a file that is gone go stale', async t => {
  const watched = inFile(t, NODE('a') + REPORT('a'))
  await watched.inventory.load()
  rmSync(watched.path)
  await until(() => watched.errors.length > 0)
  watched.nowMs += DEFAULT_CONFIGURATION.reportTTLMs + 1
  t.equal(watched.roster.judge('a', watched.nowMs).reason, 'ReportStale')
})

t.test('a pod is read by namespace and name', async t => {
  const { inventory } = inFile(t, 'apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: n, uid: u }\n')
  await inventory.load()
  t.strictSame(await inventory.readPod('n', 'p'), { uid: 'u', labels: {}, annotations: {}, runtimeClassName: '' })
  t.equal(await inventory.readPod('n', 'q'), undefined)
})
