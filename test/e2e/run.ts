import { join } from 'node:path'
import { buildControlPlane, ControlPlaneUnavailable } from './build-control-plane.ts'
import { checkHost, runInNamespace } from './cluster/network-namespace.ts'

/** Builds the control plane and runs a command in the tests' namespaces; without root or Go it skips loudly, and fails in CI. */
async function main(command: readonly string[]): Promise<number> {
  try {
    const host = checkHost()
    if (!host.able) throw new ControlPlaneUnavailable(host.why)
    const binaries = await buildControlPlane({
      moduleFolder: join(import.meta.dirname, 'controlplane'),
      cacheFolder: process.env.SOCI_GUARD_E2E_CACHE ?? join(import.meta.dirname, '../../.cache/control-plane'),
      onBuild: version => say(`building Kubernetes ${version}: once, about ten minutes on two cores`),
    })
    return await runInNamespace(command, { SOCI_GUARD_E2E_BINARIES: binaries })
  } catch (error) {
    if (!(error instanceof ControlPlaneUnavailable)) throw error
    const isCI = process.env.CI === 'true'
    say(`*** END-TO-END TESTS ${isCI ? 'CANNOT RUN' : 'SKIPPED, NOTHING WAS PROVED'}: ${error.message}`)
    return isCI ? 1 : 0
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

process.exitCode = await main(process.argv.slice(2))
