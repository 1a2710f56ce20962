import { basename } from 'node:path'
import t, { type Test } from 'tap'
import { inspect } from './inspect.ts'
import type { ConfigurationForm } from './lab/containerd-configuration.ts'
import type { TestNode } from './node.ts'
import { RELEASE_NAMES } from './releases/release.ts'
import { startTestLab } from './test-lab.ts'

const NO_VERSION = 'overlayfs VersionLineMissing'
const NO_RUNTIMES = 'overlayfs RuntimesTableMissing'
const OLD_TABLE = 'overlayfs OldTableIgnored'
const OLD_WINS = 'overlayfs OldTableWins'
const NEW_TABLE = 'overlayfs NewTableOnContainerd1'

/**
 * By release, oldest first: the default snapshotter that containerd really has and the trap that `inspect` recognises, or that containerd
 * does not even start. 1.6.20 does not tell its process, so a configuration file on another path than the usual one is not found.
 */
const EFFECTS: Record<ConfigurationForm, readonly string[]> = {
  'A: no version, grpc.v1.cri': ['overlayfs', NO_VERSION, NO_VERSION, NO_VERSION],
  'B: version 2, grpc.v1.cri': ['soci', 'soci', NO_RUNTIMES, NO_RUNTIMES],
  'C: version 3, grpc.v1.cri': ['soci', 'no start', OLD_TABLE, OLD_TABLE],
  'D: version 2, cri.v1.images': ['overlayfs', NEW_TABLE, 'soci', 'soci'],
  'E: version 3, cri.v1.images': ['overlayfs', 'no start', 'soci', 'soci'],
  'F: version 2, grpc.v1.cri with runtimes': ['soci', 'soci', 'soci', 'soci'],
  'version 4, grpc.v1.cri': ['soci', 'no start', 'no start', OLD_TABLE],
  'version 4, cri.v1.images': ['overlayfs', 'no start', 'no start', 'soci'],
  'version 5, cri.v1.images': ['overlayfs', 'no start', 'no start', 'no start'],
  'version 2, cri.v1.images beside grpc.v1.cri with overlayfs': ['overlayfs', NEW_TABLE, OLD_WINS, OLD_WINS],
  'version 3, cri.v1.images beside grpc.v1.cri with overlayfs': ['overlayfs', 'no start', 'soci', OLD_WINS],
  'version 4, cri.v1.images beside grpc.v1.cri with overlayfs': ['overlayfs', 'no start', 'no start', 'soci'],
  'L: version 3, cri.v1.images and transfer': ['overlayfs', 'no start', 'soci', 'soci'],
}

for (const [index, release] of RELEASE_NAMES.entries())
  t.test(`containerd ${release} takes each way of writing the default as it does`, async t => {
    const lab = await startTestLab(t, release)
    await t.test('forms', async t => {
      const node = await lab.node(t)
      for (const [form, effects] of Object.entries(EFFECTS) as [ConfigurationForm, string[]][])
        t.equal(await effectOf(t, node, form), effects[index], form)
    })
  })

async function effectOf(t: Test, node: TestNode, form: ConfigurationForm): Promise<string> {
  try {
    await node.reconfigure({ form })
  } catch (error) {
    if (/containerd ended at once/.test((error as Error).message)) return 'no start'
    throw error
  }
  const filesystem = basename(await node.cri.imageFilesystem())
  const { defaultSnapshotter, report } = await inspect(node)
  t.equal(defaultSnapshotter, filesystem.replace('io.containerd.snapshotter.v1.', ''), `${form}: as ImageFsInfo has it`)
  return `${defaultSnapshotter} ${report.configTrap}`.trim()
}
