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
    // Said by the await below; the packages are fetched meanwhile.
    newest.catch(() => undefined)
    fetchDebianPackages(DEBIAN_PACKAGES, {
      cacheFolder,
      onDownload: suite => say(`fetching packages of ${suite}: once`),
    })
    await newest
    return await runInLab(command, { SOCI_GUARD_NODE_TESTS_CACHE: cacheFolder })
  } catch (error) {
    if (!(error instanceof NodesUnavailable)) throw error
    const isCI = process.env.CI === 'true'
    say(`*** NODE TESTS ${isCI ? 'CANNOT RUN' : 'SKIPPED, NOTHING WAS PROVED'}: ${error.message}`)
    return isCI ? 1 : 0
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

process.exitCode = await main(process.argv.slice(2))
