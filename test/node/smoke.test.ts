import { join } from 'node:path'
import t, { type Test } from 'tap'
import { capture } from './capture.ts'
import { errorOf } from './cri.ts'
import { containersBySnapshotter, snapshotLabels } from './lab/capture-facts.ts'
import type { TestNode } from './node.ts'
import { RELEASE_NAMES } from './releases/release.ts'
import { startTestLab } from './test-lab.ts'

const TINY = 'registry.test/tiny:1'
const ADDON = 'registry.test/addon:1'
const PAUSE = 'registry.test/pause:3.10'
const DISCARDING = { discardUnpackedLayers: true }
const OVERLAYFS = { defaultSnapshotter: 'overlayfs' }

/** What RunPodSandbox and CreateContainer say of an image whose layers are neither unpacked here nor kept. */
const STRANDED =
  /error unpacking image: [\s\S]*failed to get reader from content store: content digest sha256:[0-9a-f]{64}: not found/

for (const release of RELEASE_NAMES)
  t.test(`containerd ${release}`, async t => {
    const lab = await startTestLab(t, release)

    t.test('SOCI from launch: it is the default, holds every container and loads an indexed image lazily', async t => {
      const node = await lab.node(t)
      await runPod(node, 'first', TINY)
      t.equal(await node.cri.imageFilesystem(), sociFilesystem(node))
      const found = await capture(node.address)
      t.strictSame(containersBySnapshotter(found), { soci: 2 })
      const lazy = Object.values(snapshotLabels(found, 'soci')).filter(
        labels => labels['containerd.io/snapshot/remote'],
      )
      t.equal(lazy.length, 2, 'both layers of the indexed image')
      await statesOfSoci(t, node)
    })

    t.test('SOCI registered but not default, then switched to: old pods stay, new ones are on SOCI', async t => {
      const node = await lab.node(t, OVERLAYFS)
      await runPod(node, 'before', ADDON)
      t.equal(await node.cri.imageFilesystem(), join(node.folder, 'root/io.containerd.snapshotter.v1.overlayfs'))
      t.strictSame(containersBySnapshotter(await capture(node.address)), { overlayfs: 2 })
      await node.reconfigure({})
      t.equal(await node.cri.imageFilesystem(), sociFilesystem(node))
      await runPod(node, 'after', ADDON)
      t.strictSame(containersBySnapshotter(await capture(node.address)), { overlayfs: 2, soci: 2 })
    })

    t.test('switched to SOCI with unpacked layers discarded: pods fail until each image is pulled again', async t => {
      const node = await lab.node(t, { ...OVERLAYFS, ...DISCARDING })
      await runPod(node, 'before', ADDON)
      await node.collectGarbage()
      await node.reconfigure(DISCARDING)
      const refused = await errorOf(node.cri.runPodSandbox('refused'))
      t.match(refused, { code: 5, message: STRANDED })
      await node.cri.pullImage(PAUSE)
      const sandbox = await node.cri.runPodSandbox('after')
      t.match(await errorOf(node.cri.startContainer(sandbox, ADDON)), { code: 5, message: STRANDED })
      t.strictSame(containersBySnapshotter(await capture(node.address)), { overlayfs: 2, soci: 1 })
    })

    t.test('switched away from SOCI: the layers that it loaded lazily are nowhere', async t => {
      const node = await lab.node(t)
      await runPod(node, 'before', TINY)
      await node.reconfigure(OVERLAYFS)
      const sandbox = await node.cri.runPodSandbox('after')
      t.match(await errorOf(node.cri.startContainer(sandbox, TINY)), { code: 5, message: STRANDED })
      t.strictSame(containersBySnapshotter(await capture(node.address)), { overlayfs: 1, soci: 2 })
    })

    t.test('a wiped node starts from nothing', async t => {
      const node = await lab.node(t, OVERLAYFS)
      await runPod(node, 'before', ADDON)
      await node.wipe({})
      t.strictSame(containersBySnapshotter(await capture(node.address)), {})
      await runPod(node, 'after', TINY)
      t.strictSame(containersBySnapshotter(await capture(node.address)), { soci: 2 })
    })
  })

/** Killed, restarted, hung and robbed of its root, on a node whose default it is. */
async function statesOfSoci(t: Test, node: TestNode): Promise<void> {
  await node.stopSoci()
  t.match((await capture(node.address))['snapshots.List.soci'], {
    code: 2,
    message: /connection (refused|closed)/,
  })
  t.match(await errorOf(node.cri.runPodSandbox('killed')), { code: 14 })
  await node.startSoci()
  await node.cri.runPodSandbox('restarted')
  node.freezeSoci()
  const hung = (await capture(node.address))['snapshots.List.soci']
  t.match(hung, { message: /deadline|cancel/i }, 'the deadline of the call, in the words of whoever noticed first')
  node.thawSoci()
  await node.cri.runPodSandbox('thawed')
  await node.wipeSociRoot()
  t.strictSame((await capture(node.address))['snapshots.List.soci'], [], 'an empty list, without an error')
  t.match(await errorOf(node.cri.runPodSandbox('wiped')), { message: /missing parent|already exists/ })
  t.match(await errorOf(node.cri.pullImage(PAUSE)), { code: 6, message: /already exists/ }, 'pulling is no remedy')
}

async function runPod(node: TestNode, name: string, image: string): Promise<void> {
  const sandbox = await node.cri.runPodSandbox(name)
  await node.cri.pullImage(image)
  await node.cri.startContainer(sandbox, image)
}

/** 1.6.20 knows no `exports.root` of a proxy plugin, and says where it would keep SOCI's snapshots itself. */
function sociFilesystem({ release, folder }: TestNode): string {
  return release.name === '1.6.20' ? join(folder, 'root/io.containerd.snapshotter.v1.soci') : join(folder, 'soci')
}
