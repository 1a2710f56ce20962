import { basename } from 'node:path'
import t from 'tap'
import type { ConfigurationForm } from './lab/containerd-configuration.ts'
import type { TestNode } from './node.ts'
import { RELEASE_NAMES } from './releases/release.ts'
import { startTestLab } from './test-lab.ts'

/** By release, oldest first: the default snapshotter that containerd really has, or that it does not even start. */
const EFFECTS: Record<ConfigurationForm, readonly ('soci' | 'overlayfs' | 'no start')[]> = {
  'A: no version, grpc.v1.cri': ['overlayfs', 'overlayfs', 'overlayfs', 'overlayfs'],
  'B: version 2, grpc.v1.cri': ['soci', 'soci', 'overlayfs', 'overlayfs'],
  'C: version 3, grpc.v1.cri': ['soci', 'no start', 'overlayfs', 'overlayfs'],
  'D: version 2, cri.v1.images': ['overlayfs', 'overlayfs', 'soci', 'soci'],
  'E: version 3, cri.v1.images': ['overlayfs', 'no start', 'soci', 'soci'],
  'F: version 2, grpc.v1.cri with runtimes': ['soci', 'soci', 'soci', 'soci'],
  'L: version 3, cri.v1.images and transfer': ['overlayfs', 'no start', 'soci', 'soci'],
}

for (const [index, release] of RELEASE_NAMES.entries())
  t.test(`containerd ${release} takes each way of writing the default as it does`, async t => {
    const lab = await startTestLab(t, release)
    await t.test('forms', async t => {
      const node = await lab.node(t)
      for (const [form, effects] of Object.entries(EFFECTS) as [ConfigurationForm, string[]][])
        t.equal(await effectOf(node, form), effects[index], form)
    })
  })

async function effectOf(node: TestNode, form: ConfigurationForm): Promise<string> {
  try {
    await node.reconfigure({ form })
  } catch (error) {
    if (/containerd ended at once/.test((error as Error).message)) return 'no start'
    throw error
  }
  return basename(await node.cri.imageFilesystem()).replace('io.containerd.snapshotter.v1.', '')
}
