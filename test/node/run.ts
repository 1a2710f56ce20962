import { join } from 'node:path'
import { buildControlPlane, ControlPlaneUnavailable } from '../e2e/build-control-plane.ts'
import { buildNewest } from './build-newest.ts'
import { fetchDebianPackages } from './debian-packages.ts'
import { requireHost, runInLab } from './lab/lab-namespace.ts'
import { DEBIAN_PACKAGES, nodeTestsCache } from './releases/release.ts'
import { NodesUnavailable } from './releases/unavailable.ts'

/** Fetches and builds the releases and runs a command where nodes may be started; what is missing skips loudly, and fails in CI. */
async function main(command: readonly string[]): Promise<number> {
  const cacheFolder = nodeTestsCache()
  try {
    requireHost()
    const newest = buildNewest(cacheFolder, () => say('building the newest containerd: once, about five minutes'))
    const plane = buildControlPlane({
      moduleFolder: join(import.meta.dirname, '../e2e/controlplane'),
      cacheFolder: process.env.SOCI_GUARD_E2E_CACHE ?? join(import.meta.dirname, '../../.cache/control-plane'),
      onBuild: version => say(`building Kubernetes ${version}: once, about ten minutes on two cores`),
    })
    // Both at once, because one alone does not keep two cores busy; and the packages are fetched meanwhile.
    const built = Promise.all([plane, newest])
    built.catch(() => undefined)
    fetchDebianPackages(DEBIAN_PACKAGES, {
      cacheFolder,
      onDownload: suite => say(`fetching packages of ${suite}: once`),
    })
    const [binaries] = await built
    return await runInLab(command, {
      SOCI_GUARD_NODE_TESTS_CACHE: cacheFolder,
      SOCI_GUARD_E2E_BINARIES: binaries,
    })
  } catch (error) {
    if (!(error instanceof NodesUnavailable || error instanceof ControlPlaneUnavailable)) throw error
    const isCI = process.env.CI === 'true'
    say(`*** NODE TESTS ${isCI ? 'CANNOT RUN' : 'SKIPPED, NOTHING WAS PROVED'}: ${error.message}`)
    return isCI ? 1 : 0
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

process.exitCode = await main(process.argv.slice(2))
