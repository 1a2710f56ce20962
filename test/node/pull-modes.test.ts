import t from 'tap'
import { capture } from './capture.ts'
import { errorOf } from './cri.ts'
import { containersBySnapshotter, snapshotLabels } from './lab/capture-facts.ts'
import type { TestNode } from './node.ts'
import { startTestLab } from './test-lab.ts'

const TINY = 'registry.test/tiny:1'
const REMOTE = 'containerd.io/snapshot/remote'
const NAMESPACE = 'containerd.io/snapshot/remote/namespace'

/** Discarding is one of the settings for which CRI pulls without the transfer service. */
const PULLING_ITSELF = { disableSnapshotAnnotations: true, discardUnpackedLayers: true }

t.test('containerd 2.4.2 with SOCI 0.16.1', async t => {
  const lab = await startTestLab(t, '2.4.2')

  await t.test('parallel pull: every container is on SOCI, and nothing is loaded lazily', async t => {
    const node = await lab.node(t, {}, { mode: 'parallel' })
    await runTiny(node)
    const found = await capture(node.address)
    t.strictSame(containersBySnapshotter(found), { soci: 2 })
    const labels = Object.values(snapshotLabels(found, 'soci'))
    t.strictSame(
      labels.filter(label => REMOTE in label),
      [],
    )
    t.not(labels.filter(label => NAMESPACE in label).length, 0)
    t.strictSame(await fuseMounts(node), [])
  })

  await t.test('lazy loading: the layers of an indexed image are mounts', async t => {
    const node = await lab.node(t)
    await runTiny(node)
    t.equal((await fuseMounts(node)).length, 2)
  })

  await t.test('parallel pull without snapshot annotations: every pull fails', async t => {
    const node = await lab.node(t, PULLING_ITSELF, { mode: 'parallel' })
    t.match(await errorOf(node.cri.pullImage(TINY)), { message: /unable to get image ref from labels/ })
    t.match(await errorOf(node.cri.runPodSandbox('refused')), { message: /unable to get image ref from labels/ })
  })

  await t.test('lazy loading without snapshot annotations: plain copies, without a word', async t => {
    const node = await lab.node(t, PULLING_ITSELF)
    await runTiny(node)
    t.strictSame(containersBySnapshotter(await capture(node.address)), { soci: 2 })
    t.strictSame(await fuseMounts(node), [])
  })

  await t.test(
    'without annotations the transfer service pulls, and it was not told of SOCI: every pull fails',
    async t => {
      const node = await lab.node(t, { disableSnapshotAnnotations: true })
      t.match(await errorOf(node.cri.pullImage(TINY)), { code: 3, message: /no unpack platforms defined/ })
    },
  )
})

async function runTiny(node: TestNode): Promise<void> {
  const sandbox = await node.cri.runPodSandbox('first')
  await node.cri.pullImage(TINY)
  await node.cri.startContainer(sandbox, TINY)
}

async function fuseMounts(node: TestNode): Promise<string[]> {
  const mounts = await node.run(['cat', '/proc/self/mounts'])
  return mounts.split('\n').filter(line => line.includes('fuse.rawBridge'))
}
