import type { Test } from 'tap'
import { testFolder } from '../e2e/guard/test-folder.ts'
import type { ContainerdConfiguration } from './lab/containerd-configuration.ts'
import type { SociConfiguration } from './lab/soci-configuration.ts'
import { TestNode } from './node.ts'
import { preparedContent } from './registry/prepared-content.ts'
import { type Registry, startRegistry } from './registry.ts'
import { type Release, release } from './releases/release.ts'

/** A registry with images for one release, and the nodes that tests start beside it. */
export interface TestLab {
  readonly release: Release
  readonly registry: Registry
  /** Starts a node that ends with the given test. */
  node(t: Test, containerd?: ContainerdConfiguration, soci?: SociConfiguration): Promise<TestNode>
}

/** Starts a registry that ends with the given test, which must not be the root: tap waits for open handles before the root's teardown. */
export async function startTestLab(t: Test, releaseName: string): Promise<TestLab> {
  const folder = testFolder(t, import.meta.url)
  const wanted = release(releaseName)
  const registry = await startRegistry(await preparedContent(wanted))
  t.teardown(() => registry.close())
  let started = 0
  return {
    release: wanted,
    registry,
    node: async (t, containerd = {}, soci = {}) => {
      started += 1
      const name = `n${started}`
      const logFolder = `${folder}/${releaseName}-${name}`
      const node = await TestNode.start({ name, release: wanted, registry, logFolder, containerd, soci })
      t.teardown(() => node.stop())
      return node
    },
  }
}
