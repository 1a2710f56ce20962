import type { Settings } from '../config/settings.ts'
import { GuardError } from '../errors.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { withConnection } from './cluster-connection.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { printError, printProblems } from './print-error.ts'
import { removeMarks } from './uninstall-nodes.ts'
import { removeObjects } from './uninstall-objects.ts'
import { untilNothingRuns, whatRuns } from './uninstall-running.ts'

/** One thing of ours in the cluster. */
export interface Leftover {
  /** For example `node/mixed-1: taint, label`. */
  readonly what: string
  /** Takes it away; one that is gone already is as good. */
  readonly remove: () => Promise<void>
}

/** What does something about each thing that is found. */
export type TakeLeftover = (leftover: Leftover) => Promise<void>

const NAMESPACE = 'soci-guard-system'

/**
 * `soci-guard uninstall`: takes away what soci-guard wrote into a cluster while it ran; 0 when nothing is left, 1 when something could
 * not be removed.
 */
export const uninstall = (settings: Settings<'uninstall'>, io: Io): Promise<ExitCode> =>
  withConnection(settings, io, async connection => {
    const { dryRun, namespace = NAMESPACE } = settings
    await refuseWhileRunning(connection, namespace, dryRun, io)
    const counts = { found: 0, failed: 0 }
    const take: TakeLeftover = async ({ what, remove }) => {
      counts.found += 1
      try {
        if (!dryRun) await remove()
        io.stdout.write(`${what} ${dryRun ? 'would be removed' : 'removed'}\n`)
      } catch (error) {
        counts.failed += 1
        printProblems(io.stderr, [`${what} could not be removed:`])
        printError(io.stderr, error)
      }
    }
    const nodes = await removeMarks(connection, take)
    await removeObjects(connection, namespace, take)
    io.stderr.write(`${summary(nodes, counts, dryRun)}\n`)
    return counts.failed > 0 ? 1 : 0
  })

const summary = (nodes: number, { found, failed }: { found: number; failed: number }, dryRun: boolean): string => {
  const looked = `${nodes} ${nodes === 1 ? 'node' : 'nodes'} looked at`
  if (found === 0) return `Nothing of soci-guard was found (${looked}).`
  if (dryRun) return `Nothing was changed (${looked}).`
  return failed === 0
    ? `Nothing of soci-guard is left (${looked}).`
    : `${failed} of ${found} could not be removed (${looked}); run it again.`
}

// What still runs would write it all again, and a webhook that enforces would refuse nodes without reports.
const refuseWhileRunning = async (
  connection: ApiConnection,
  namespace: string,
  dryRun: boolean,
  io: Io,
): Promise<void> => {
  const running = await whatRuns(connection, namespace)
  const message = `${running.join(', ')} in namespace ${namespace} still run${running.length === 1 ? 's' : ''}; delete the manifests first (kubectl delete -k manifests/overlays/…), or scale to 0`
  if (running.length > 0 && !dryRun) throw new GuardError('SOCI_GUARD_USAGE', message)
  if (running.length > 0) printProblems(io.stderr, [message])
  if (!dryRun) await untilNothingRuns(connection, namespace)
}
