import t from 'tap'
import { judgeNode } from '../../src/policy/judge-node.ts'
import { configurationOf, evidenceOf, foreignContainer, readNodeFixture, reportOf } from './evidence-builders.ts'

const configuration = configurationOf()

// What a person reads after "node node1 is Mixed (ConfiguredAfterLaunch): ".
const OF_FIXTURES = {
  UnsupportedOperatingSystem:
    "the Node's operating system is windows, not linux. Schedule onto linux nodes, or put these nodes into a pool with mode off.",
  NotContainerd:
    'the container runtime is cri-o://1.34.0, not containerd. Use nodes that run containerd, or put these nodes into a pool with mode off.',
  NodeNotFound:
    "no Node object of this name is known. Check the node's name; a new node is known within seconds of its registration.",
  NoReport:
    'no report of its snapshotters exists. Check that the soci-guard agent runs on the node and can write its report.',
  ReportFromOtherNode:
    "the report is about the Node with UID b4b1c5a6-52a4-47c6-9f0e-5b0a8f1f2c33, but this Node's is 6620e9e0-208e-4251-8d57-c66048eabedf. Wait for a new report; if none comes, restart the soci-guard agent on the node.",
  ReportFromEarlierBoot:
    "the report is from boot 0d9f6a3e-6a0c-4c5e-9a3c-0d8a1f6f2b11, but the Node is in boot 7c2e9a1b-91f4-44f2-9a88-2a4f6d1f0e77. Wait for a new report; if none comes, look at the soci-guard agent's log on the node.",
  AgentStarting:
    "the agent has not verified the node's facts since it, or containerd, was started. Try again in some seconds; if it stays, look at the soci-guard agent's log on the node.",
  RuntimeUnavailable:
    'containerd does not serve CRI (failed to find snapshotter "soci"). Correct containerd\'s configuration at launch and replace the node.',
  DefaultUnknown:
    'the running containerd did not tell its default snapshotter. Run soci-guard inspect on the node to see which call fails.',
  RevertedFromExpected:
    'overlayfs is the default snapshotter, but 3 containers use soci. Replace the node, and set the snapshotter at launch only.',
  SnapshotterNotRegistered:
    'overlayfs is the default snapshotter and soci is not registered in containerd. Configure the snapshotter at launch and replace the node; do not switch a node in use.',
  SnapshotterNotDefault:
    "overlayfs is the default snapshotter, not soci (containerd's configuration has the trap MigrationDroppedSnapshotter). Set the default snapshotter at launch and replace the node; do not switch a node in use.",
  SnapshotterUnavailable:
    "soci is the default snapshotter but does not answer at /run/soci-snapshotter-grpc/soci-snapshotter-grpc.sock. Restart the snapshotter's service on the node, then recreate the node's containers.",
  SandboxImageStranded:
    'the sandbox image registry.k8s.io/pause:3.10 is not in soci and its layers are gone, so new pods can fail. Replace the node; pulling the sandbox image again repairs that one image only.',
  ConfiguredAfterLaunch:
    '3 containers of this boot run in overlayfs although soci is now the default. Replace the node; its images cannot be repaired in place.',
  ImagesStranded:
    '2 images are not in soci and their layers are gone, so containers can fail (registry.example/addon:1, registry.example/cni:1.19). Replace the node; the kubelet takes the images for present and does not pull them again.',
  SnapshotsMissing:
    "containerd counts on snapshots that soci does not have: 1 image (registry.example/addon:1). Replace the node; the snapshotter's data was removed under containerd.",
  EvidenceHeld:
    'soci is the default snapshotter and nothing of this boot was found outside it. This is from its last report of this boot, held while most reports are out.',
}

for (const [code, want] of Object.entries(OF_FIXTURES)) {
  t.test(`${code} says what was found and what to do`, async t => {
    const held = code === 'EvidenceHeld'
    const { message } = judgeNode({ name: 'node1', ...readNodeFixture(code), fresh: true, held }, configuration)
    t.equal(message, want)
  })
}

const messageOf = (tweak: Parameters<typeof reportOf>[0], fresh = true): string =>
  judgeNode(evidenceOf({ report: reportOf(tweak), fresh }), configuration).message

t.test('a stale report names the time that it had', async t => {
  t.equal(
    messageOf(() => {}, false),
    'the report has not been renewed for more than 150 seconds. Check the soci-guard agent on the node and its connection to the API server.',
  )
})

t.test('a latch says since when, and that the node must be replaced', async t => {
  const seen = '3 containers of this boot run in overlayfs although soci is now the default.'
  const want = `since 2026-11-22T08:05:00Z: ${seen} The node must be replaced.`
  const latch = { since: '2026-11-22T08:05:00Z', reason: 'ConfiguredAfterLaunch' }
  t.equal(
    messageOf(report => {
      report.mixed = { ...latch, message: seen }
    }),
    want,
  )
  t.equal(
    messageOf(report => {
      report.mixed = { ...latch, message: `${seen} Replace the node; its images cannot be repaired in place.` }
    }),
    want,
    'the remedy is not said twice',
  )
  t.equal(
    messageOf(report => {
      report.mixed = { since: '', reason: '', message: '' }
    }),
    'since earlier in this boot: more than one snapshotter was in use. The node must be replaced.',
  )
})

t.test('containers and images are said together, one is not many, and a full list means at least', async t => {
  t.equal(
    messageOf(report => {
      report.containers.foreign = [foreignContainer('2026-11-22T09:00:00Z')]
      report.images.foreign = Array.from({ length: 10 }, (_, i) => `registry.example/app:${i}`)
    }),
    '1 container of this boot runs in overlayfs and at least 10 images were unpacked elsewhere in this boot (registry.example/app:0, registry.example/app:1, registry.example/app:2 and 7 more) although soci is now the default. Replace the node; its images cannot be repaired in place.',
  )
})

t.test('what a report says cannot forge lines or hide text', async t => {
  const message = messageOf(report => {
    report.defaultSnapshotter.name = `over\nlay\u001b[31mfs\u202e\u2028\ud800${'x'.repeat(500)}`
  })
  t.match(message, /^over lay \[31mfs \ufffdx{90,110}… is the default snapshotter, but 12 containers use soci\. /)
  t.notMatch(message, /[\p{Cc}\u2028\u202e]/u)
  t.ok(message.isWellFormed())
})
