import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createLogger } from '../../src/telemetry/logger.ts'
import { until } from '../support/until.ts'

const PROCESS = join(import.meta.dirname, '../support/logging-process.ts')

const run = async (...argv: string[]): Promise<{ lines: number[]; code: number | null }> => {
  const child = spawn(process.execPath, [PROCESS, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  child.stderr.on('data', chunk => {
    if (String(chunk).includes('waiting')) child.kill('SIGTERM')
  })
  const [code] = await once(child, 'close')
  return { lines: linesIn(output), code }
}

const linesIn = (text: string): number[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line).line)

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

for (const { name, end, code } of [
  { name: 'exits', end: 'exit', code: 0 },
  { name: 'flushes on SIGTERM', end: 'flush', code: 0 },
  { name: 'closes its log on SIGTERM', end: 'close', code: 0 },
  { name: 'dies of a bug', end: 'throw', code: 1 },
]) {
  for (const count of [3, 5000]) {
    t.test(`none of ${count} lines is lost when the process ${name}`, async t => {
      t.strictSame(await run(String(count), end), { lines: upTo(count), code })
    })
  }
}

t.test('lines are appended to a file, and none is lost there either', async t => {
  const file = join(t.testdir({ 'audit.log': '{"line":0}\n' }), 'audit.log')
  t.equal((await run('2000', 'exit', file)).code, 0)
  t.strictSame(linesIn(readFileSync(file, 'utf8')), [0, ...upTo(2000)])
})

t.test('a line alone is written within about a second', async t => {
  const file = join(t.testdir(), 'audit.log')
  const { logger, droppedLines } = createLogger({ level: 'info', destination: file, onWriteError: () => {} })
  logger.info({ line: 1 }, 'review')
  t.equal(readFileSync(file, 'utf8'), '', 'it waits for company first')
  await until(() => readFileSync(file, 'utf8') !== '')
  const { time, ...rest } = JSON.parse(readFileSync(file, 'utf8'))
  t.strictSame(rest, { level: 'info', line: 1, msg: 'review' })
  t.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.equal(droppedLines(), 0)
})

t.test('control characters and lone surrogates are escaped, so a name cannot forge a line', async t => {
  const file = join(t.testdir(), 'audit.log')
  const { logger, flush } = createLogger({ level: 'info', destination: file, onWriteError: () => {} })
  logger.info({ name: 'a"}\n{"level":"info"}\u001b[31m\ud800' }, 'review')
  flush()
  const text = readFileSync(file, 'utf8')
  t.equal(text.split('\n').length, 2)
  t.match(text, /"name":"a\\"}\\n{\\"level\\":\\"info\\"}\\u001b\[31m\\ud800"/)
})

t.test('a file that cannot be appended to is told at once', async t => {
  const file = join(t.testdir(), 'missing', 'audit.log')
  t.throws(() => createLogger({ level: 'info', destination: file, onWriteError: () => {} }), {
    code: 'SOCI_GUARD_FILE_UNREADABLE',
    message: `audit log: expected a file that can be appended to, found ENOENT: no such file or directory, open '${file}'`,
  })
})

t.test('a full disk is told once, and keeps nobody from exiting', async t => {
  const child = spawn(process.execPath, [PROCESS, '2000', 'close', '/dev/full'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
    if (errors.includes('ENOSPC')) child.kill('SIGTERM')
  })
  const [code] = await once(child, 'close')
  t.equal(code, 0)
  const told = errors.split('\n').filter(line => line === 'ENOSPC: no space left on device, write')
  t.equal(told.length, 2, 'when it began, and when the lines were given up')
})

t.test('a reader that stalls costs lines, not the process', async t => {
  const child = spawn(process.execPath, [PROCESS, '200000', 'close'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.pause()
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  await until(() => stderr.includes('waiting'))
  t.match(stderr, /dropped \d{4,}/)
  child.stdout.resume()
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'close'), [0, null])
})
