import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { postReviewTo, reviewResponse } from '../support/ask-service.ts'
import { BIN, ROOT, runBin } from '../support/run-bin.ts'

const REVIEWS = readdirSync(join(ROOT, 'examples/reviews')).sort()

t.test('--once makes certificates, asks every example review and ends', async t => {
  const cwd = t.testdir({})
  const { code, stdout, stderr } = await runBin(['demo', '--once'], { cwd })
  t.equal(stderr, '')
  t.equal(code, 0)
  t.ok(existsSync(join(cwd, 'certs/ca.crt')))
  t.match(stdout, 'Development certificates were made in certs.\n')
  for (const number of REVIEWS.keys()) t.match(stdout, new RegExp(`^ ?${number + 1}  \\S`, 'm'))
  t.match(
    stdout,
    /^ 3 {2}kube-scheduler binds pod shop\/web-5c9d8f7b6-qh8zn to node mixed-1\n {4}DENIED\n {4}node mixed-1 is Mixed \(ConfiguredAfterLaunch\): /m,
  )
  t.match(
    stdout,
    /^ 6 {2}jane@example\.com adds a debug container to pod shop\/cart-\S+ on node broken-1\n {4}DENIED\n/m,
  )
  t.match(
    stdout,
    /^ 8 {2}jane@example\.com creates Deployment shop\/search \(dry run\)\n {4}ALLOWED, with 6 warnings\n {4}Warning: 5 of 8 /m,
  )
  t.match(stdout, / to node mixed-1\n {4}ALLOWED, and recorded: the mode is audit here\n/)
  t.match(stdout, / for node mixed-1\n {4}ALLOWED, exempt by namespace\n/)
  t.match(stdout, '10 reviews: 5 denied, 5 allowed (1 with warnings).\n')
  t.notMatch(stdout, '\u001b')
  t.ok(stdout.split('\n').every(line => line.length <= 100))
})

t.test('certificates that are there are used', async t => {
  const cwd = t.testdir({})
  await runBin(['certs'], { cwd })
  const before = readFileSync(join(cwd, 'certs/tls.crt'), 'utf8')
  const { code, stdout } = await runBin(['demo', '--once'], { cwd })
  t.equal(code, 0)
  t.notMatch(stdout, 'were made')
  t.equal(readFileSync(join(cwd, 'certs/tls.crt'), 'utf8'), before)
})

t.test('where certificates cannot be written a temporary folder takes them', async t => {
  const { code, stdout } = await runBin(['demo', '--once', '--cert-dir', '/proc/certs'])
  t.equal(code, 0)
  t.match(stdout, /Development certificates were made in \S*soci-guard-demo-\S+\.\n/)
})

t.test('without --once it keeps serving, says how to ask more, and stops on a signal', async t => {
  const cwd = t.testdir({})
  const child = spawn(process.execPath, [BIN, 'demo'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const ended = once(child, 'close')
  let shown = ''
  for await (const chunk of child.stdout) {
    shown += chunk
    if (shown.includes('Stop it with Ctrl-C.')) break
  }
  t.match(
    shown,
    /curl --cacert certs\/ca\.crt -H 'content-type: application\/json' \\\n {4}--data @\S+03-bind-to-a-mixed-node\.json https:\/\/localhost:\d+\/validate\/bindings\n/,
  )
  const port = Number(/https:\/\/localhost:(\d+)/.exec(shown)?.[1])
  const body = readFileSync(join(ROOT, 'examples/reviews/01-bind-to-a-ready-node.json'), 'utf8')
  t.equal(reviewResponse(await postReviewTo(port, join(cwd, 'certs'), 'bindings', body)).allowed, true)
  child.kill('SIGINT')
  const [code] = await ended
  t.equal(code, 0)
})
