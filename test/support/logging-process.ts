// A process that logs as `serve` does and ends as it is told: logging-process.ts LINES exit|flush|close|throw [FILE].
import { createLogger } from '../../src/telemetry/logger.ts'

const [lines = '0', end = 'exit', file] = process.argv.slice(2)

const { logger, flush, close, droppedLines } = createLogger({
  level: 'info',
  destination: file ?? 1,
  onWriteError: error => process.stderr.write(`${error.message}\n`),
})
for (let line = 1; line <= Number(lines); line += 1) logger.info({ line }, 'review')
if (end === 'throw') throw new Error('boom')
if (end === 'exit') process.exit(0)
process.once('SIGTERM', () => {
  if (end === 'flush') flush()
  void (end === 'close' ? close() : Promise.resolve()).then(() => process.exit(0))
})
setInterval(() => {}, 1000)
process.stderr.write(`dropped ${droppedLines()}, waiting\n`)
