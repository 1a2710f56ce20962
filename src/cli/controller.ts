import { flushCompileCache } from 'node:module'
import type { Settings } from '../config/settings.ts'
import { formatRfc3339 } from '../report/format-rfc3339.ts'
import { createLogger } from '../telemetry/logger.ts'
import { openAgentConnection } from './agent-connection.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { untilStopped } from './lifetime.ts'
import { printProblems } from './print-error.ts'
import { startController } from './start-controller.ts'

const STANDARD_OUTPUT = 1

/** `soci-guard controller`: keeps the marks on Nodes, and all else it is for, until a signal asks it to stop; what is there stays. */
export const controller = async (settings: Settings<'controller'>, io: Io): Promise<ExitCode> => {
  const stopped = untilStopped(io)
  const { logger, ...log } = createLogger({
    level: settings.logLevel,
    destination: STANDARD_OUTPUT,
    onWriteError: error => printProblems(io.stderr, [`cannot write the log: ${error.message}`]),
  })
  const connection = await openAgentConnection(settings, io)
  const { opsAddress, stop } = await startController({ settings, connection, log: { logger, ...log } })
  log.flush()
  // Whoever started us waits for this line, so it is written at every log level, in the form of the others.
  const { address: opsHost, port: opsPort } = opsAddress
  io.stdout.write(
    `${JSON.stringify({ level: 'info', time: formatRfc3339(io.nowMs()), opsHost, opsPort, msg: 'listening' })}\n`,
  )
  flushCompileCache()
  const signal = await stopped
  logger.info({ signal }, 'stopping; what is marked stays marked')
  await stop()
  log.flush()
  return 0
}
