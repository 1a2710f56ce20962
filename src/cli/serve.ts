import { flushCompileCache } from 'node:module'
import type { Settings } from '../config/settings.ts'
import type { ClientAuthority } from '../server/client-certificate.ts'
import { type BufferedLogger, createLogger } from '../telemetry/logger.ts'
import { readClientAuthorities } from '../tls/client-authorities.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { untilStopped } from './lifetime.ts'
import { printProblems } from './print-error.ts'
import { type Service, startService } from './start-service.ts'

const STANDARD_OUTPUT = 1
// After draining: what comes too late is told so for as long as an API server takes to see it, then running answers get the
// time that an API server waits for one by default.
const LATE_MS = 1000
const CLOSE_MS = 10_000

/** `soci-guard serve`: answers reviews until a signal asks it to stop, then drains; a second signal ends it at once. */
export const serve = async (settings: Settings<'serve'>, io: Io): Promise<ExitCode> => {
  const stopped = untilStopped(io)
  const log = openLog(settings, STANDARD_OUTPUT, io)
  const audit = settings.auditLog === '-' ? log : openLog(settings, settings.auditLog, io)
  const service = await startService({
    ...settings,
    env: io.env,
    clientAuthority: await readClientAuthority(settings),
    log,
    audit,
  })
  log.flush()
  io.stdout.write(announcement(service, io.nowMs()))
  // Now, because a process that is killed never writes it, and those are the ones that start again.
  flushCompileCache()
  const signal = await stopped
  log.logger.info({ signal, drainSeconds: settings.drainSeconds }, 'draining')
  log.flush()
  await service.stop({ drainMs: settings.drainSeconds * 1000, lateMs: LATE_MS, closeMs: CLOSE_MS })
  log.logger.info('stopped')
  audit.flush()
  log.flush()
  return 0
}

// Whoever started us waits for this line, so it is written at every log level, in the form of the others.
const announcement = ({ address, opsAddress }: Service, nowMs: number): string => {
  const where = { host: address.address, port: address.port, opsHost: opsAddress.address, opsPort: opsAddress.port }
  return `${JSON.stringify({ level: 'info', time: new Date(nowMs).toISOString(), ...where, msg: 'listening' })}\n`
}

const openLog = (settings: Settings<'serve'>, destination: string | 1, io: Io): BufferedLogger =>
  createLogger({
    level: settings.logLevel,
    destination,
    onWriteError: error => printProblems(io.stderr, [`cannot write the log: ${error.message}`]),
  })

const readClientAuthority = async ({ clientCA, clientNames }: Settings<'serve'>): Promise<ClientAuthority | null> =>
  clientCA === undefined ? null : { caPem: await readClientAuthorities(clientCA), names: new Set(clientNames) }
