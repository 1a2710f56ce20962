import { readBootIdentity } from '../agent/boot-identity.ts'
import { createContainerdRuntime } from '../agent/containerd-runtime.ts'
import { DEFAULT_CONFIGURATION } from '../config/default-configuration.ts'
import type { Settings } from '../config/settings.ts'
import { formatRfc3339 } from '../report/format-rfc3339.ts'
import { type BufferedLogger, createLogger } from '../telemetry/logger.ts'
import { openAgentConnection } from './agent-connection.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { untilStopped } from './lifetime.ts'
import { printProblems } from './print-error.ts'
import { type StartedAgent, startAgent } from './start-agent.ts'
import { VERSION } from './version.ts'

const STANDARD_OUTPUT = 1

/** `soci-guard agent`: reports about this node until a signal asks it to stop, and leaves the last report as it is. */
export const agent = async (settings: Settings<'agent'>, io: Io): Promise<ExitCode> => {
  const stopped = untilStopped(io)
  const log = createLogger({
    level: settings.logLevel,
    destination: STANDARD_OUTPUT,
    onWriteError: error => printProblems(io.stderr, [`cannot write the log: ${error.message}`]),
  })
  const { bootID, bootTimeMs } = await readBootIdentity('/proc')
  const connection = await openAgentConnection(settings, io)
  const expectedSnapshotter = settings.expectedSnapshotter ?? DEFAULT_CONFIGURATION.expectedSnapshotter
  const runtime = createContainerdRuntime({ address: settings.address, expectedSnapshotter, bootTimeMs })
  try {
    const started = await startAgent({
      ...settings,
      identity: {
        nodeName: settings.nodeName,
        podUID: settings.podUID,
        version: VERSION,
        expectedSnapshotter,
        bootID,
        bootTime: formatRfc3339(bootTimeMs),
      },
      runtime,
      connection,
      log,
    })
    return await untilDone(started, stopped, settings, log, io)
  } finally {
    runtime.close()
  }
}

const untilDone = async (
  started: StartedAgent,
  stopped: Promise<string>,
  { nodeName }: Settings<'agent'>,
  { logger, flush }: BufferedLogger,
  io: Io,
): Promise<ExitCode> => {
  const { address: opsHost, port: opsPort } = started.opsAddress
  flush()
  // Whoever started us waits for this line, so it is written at every log level, in the form of the others.
  const line = { level: 'info', time: formatRfc3339(io.nowMs()), node: nodeName, opsHost, opsPort, msg: 'listening' }
  io.stdout.write(`${JSON.stringify(line)}\n`)
  const signal = await Promise.race([stopped, started.ended])
  logger.info({ signal }, 'stopping; the last report stays as it is')
  await started.stop()
  flush()
  return 0
}
