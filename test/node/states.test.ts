import t, { type Test } from 'tap'
import { inspect, inspectAfterReboot, inspectAsText, inspectCapture } from './inspect.ts'
import type { ContainerdConfiguration } from './lab/containerd-configuration.ts'
import type { TestNode } from './node.ts'
import { RELEASE_NAMES } from './releases/release.ts'
import { startTestLab } from './test-lab.ts'

const TINY = 'registry.test/tiny:1'
const ADDON = 'registry.test/addon:1'
const PAUSE = 'registry.test/pause:3.10'
const DISCARDING = { discardUnpackedLayers: true }
const OVERLAYFS = { defaultSnapshotter: 'overlayfs' }

for (const release of RELEASE_NAMES)
  t.test(`inspect on containerd ${release}`, async t => {
    const lab = await startTestLab(t, release)

    t.test('SOCI from launch, and what may happen to its daemons', async t => {
      const node = await lab.node(t)
      await says(t, node, 'Ready', '', 'a fresh node')
      await runPod(node, 'first', TINY)
      await says(t, node, 'Ready', '', 'with pods')
      t.match(await inspectCapture(node), { state: 'Ready' }, 'and so does a capture of it')
      await node.stopSoci()
      await says(t, node, 'Broken', 'SnapshotterUnavailable', 'SOCI killed')
      await node.startSoci()
      await says(t, node, 'Ready', '', 'SOCI restarted')
      node.freezeSoci()
      await says(t, node, 'Broken', 'SnapshotterUnavailable', 'SOCI hung')
      node.thawSoci()
      await node.stopContainerd()
      await t.rejects(inspect(node), { message: /inspect ended with 2: [\s\S]*does not answer/ }, 'containerd stopped')
      await node.startContainerd()
      await says(t, node, 'Ready', '', 'containerd restarted')
      await node.wipeSociRoot()
      await says(t, node, 'Mixed', 'SnapshotsMissing', "SOCI's root wiped under containerd")
      await node.wipe()
      await says(t, node, 'Ready', '', 'everything wiped, as on a replaced node')
    })

    t.test('SOCI set up after launch, layers kept', async t => {
      const node = await lab.node(t, { ...OVERLAYFS, registerSoci: false })
      const pod = await runPod(node, 'before', ADDON)
      await says(t, node, 'NotDefault', 'SnapshotterNotRegistered', 'not registered')
      await node.reconfigure(OVERLAYFS)
      await says(t, node, 'NotDefault', 'SnapshotterNotDefault', 'registered, not default')
      await node.reconfigure({})
      await says(t, node, 'Mixed', 'ConfiguredAfterLaunch', 'switched', ['SandboxImageOutsideDefault'])
      await runPod(node, 'after', ADDON)
      await says(t, node, 'Mixed', 'ConfiguredAfterLaunch', 'a new pod, unpacked again into SOCI')
      const text = await inspectAsText(node)
      t.match(text, /Mixed[\s\S]*2 containers of this boot run in overlayfs[\s\S]*Replace the node/)
      await node.cri.removePodSandbox(pod)
      await says(t, node, 'Mixed', 'ConfiguredAfterLaunch', 'the old pods gone')
    })

    t.test('SOCI set up after launch, layers discarded', async t => {
      const node = await lab.node(t, { ...OVERLAYFS, ...DISCARDING })
      const pod = await runPod(node, 'before', ADDON)
      await node.collectGarbage()
      await node.reconfigure(DISCARDING)
      await says(t, node, 'Mixed', 'SandboxImageStranded', 'switched')
      t.match(await inspectCapture(node), { state: 'Mixed' }, 'and so does a capture of it')
      await node.cri.pullImage(PAUSE)
      await says(t, node, 'Mixed', 'ConfiguredAfterLaunch', 'the sandbox image pulled again')
      await node.cri.removePodSandbox(pod)
      await says(t, node, 'Mixed', 'ConfiguredAfterLaunch', 'the old pods gone')
      t.match(await inspectAfterReboot(node), { state: 'Mixed', reason: 'ImagesStranded' }, 'a boot later')
      await node.cri.pullImage(ADDON)
      t.match(await inspectAfterReboot(node), { state: 'Ready' }, 'every image pulled again')
    })

    t.test('reverted from SOCI', async t => {
      const node = await lab.node(t)
      await runPod(node, 'before', TINY)
      await node.reconfigure(OVERLAYFS)
      await says(t, node, 'Mixed', 'RevertedFromExpected', 'switched away')
      t.match(await inspectCapture(node), { state: 'Mixed' }, 'and so does a capture of it')
      await node.reconfigure({})
      await says(t, node, 'Ready', '', 'and back, with nothing run meanwhile')
    })

    t.test('a sandbox image baked into the machine image under overlayfs', async t => {
      const node = await lab.node(t, OVERLAYFS)
      await node.cri.pullImage(PAUSE)
      await node.reconfigure({})
      await says(t, node, 'Ready', '', 'booted', ['SandboxImageOutsideDefault'])
      await node.cri.pullImage(PAUSE)
      await says(t, node, 'Ready', '', 'imported into SOCI at boot')
    })

    t.test('containers of an earlier boot', async t => {
      const node = await lab.node(t, OVERLAYFS)
      await runPod(node, 'before', ADDON)
      await node.reconfigure({})
      await node.cri.pullImage(PAUSE)
      await node.cri.pullImage(ADDON)
      await says(t, node, 'Mixed', 'ConfiguredAfterLaunch', 'in this boot')
      const { state, advisories } = await inspectAfterReboot(node)
      t.equal(state, 'Ready')
      t.ok(advisories.includes('EarlierBootResidue'), advisories.join())
    })

    // 1.6.20 ignores a runtime handler's snapshotter.
    if (release !== '1.6.20')
      t.test('a runtime handler on another snapshotter', async t => {
        const handler: ContainerdConfiguration = { runtimeHandlers: { plain: 'overlayfs' } }
        const node = await lab.node(t, handler)
        await node.cri.runPodSandbox('plain', 'plain')
        await says(t, node, 'Ready', '', 'its pods are no foreign ones', ['RuntimeHandlerUsesOtherSnapshotter'])
      })
  })

/** Advisories that are about the release, not about the node's history. */
const OF_RELEASE = ['ContainerdStatsBug', 'NoRegistryAuthentication']

async function says(
  t: Test,
  node: TestNode,
  state: string,
  reason: string,
  when: string,
  advisories: string[] = [],
): Promise<void> {
  const inspected = await inspect(node)
  const told = {
    state: inspected.state,
    reason: inspected.reason,
    exitCode: inspected.exitCode,
    advisories: inspected.advisories.filter(advisory => !OF_RELEASE.includes(advisory)),
  }
  t.strictSame(
    told,
    { state, reason, exitCode: state === 'Ready' ? 0 : 3, advisories },
    `${when}: ${inspected.message}`,
  )
}

async function runPod(node: TestNode, name: string, image: string): Promise<string> {
  const sandbox = await node.cri.runPodSandbox(name)
  await node.cri.pullImage(image)
  await node.cri.startContainer(sandbox, image)
  return sandbox
}
