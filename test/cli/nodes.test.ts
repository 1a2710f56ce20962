import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { ROOT, runBin } from '../support/run-bin.ts'

const JUDGED_BY = ['--inventory', join(ROOT, 'examples/inventory.yaml'), '--config', join(ROOT, 'examples/guard.yaml')]

t.test('-o json is an array by name with every field of the contract', async t => {
  const { code, stdout, stderr } = await runBin(['nodes', ...JUDGED_BY, '-o', 'json'])
  t.equal(code, 0)
  t.equal(stderr, '')
  const records = JSON.parse(stdout)
  t.strictSame(
    records.map(({ name, state, reason }: Record<string, string>) => `${name} ${state} ${reason}`.trim()),
    [
      'bottlerocket-1 Ready',
      'broken-1 Broken SnapshotterUnavailable',
      'mixed-1 Mixed ConfiguredAfterLaunch',
      'overlay-1 NotDefault SnapshotterNotRegistered',
      'rebooted-1 Unverified ReportFromEarlierBoot',
      'soci-1 Ready',
      'soci-2 Ready',
      'stranded-1 Mixed SandboxImageStranded',
      'windows-1 NotDefault UnsupportedOperatingSystem',
    ],
  )
  t.strictSame(Object.keys(records[0]), [
    'name',
    'state',
    'reason',
    'message',
    'evidence',
    'pool',
    'mode',
    'defaultSnapshotter',
    'advisories',
  ])
  t.match(records[0], {
    evidence: 'label',
    pool: 'bottlerocket',
    mode: 'enforce',
    defaultSnapshotter: '',
    advisories: [],
  })
  t.match(records[6], {
    evidence: 'report',
    pool: '',
    mode: 'enforce',
    defaultSnapshotter: 'soci',
    advisories: ['ContainerdStatsBug'],
  })
  t.match(records[8], { pool: 'windows', mode: 'off' })
})

t.test('-o yaml says the same', async t => {
  const json = await runBin(['nodes', ...JUDGED_BY, '-o', 'json'])
  const yaml = await runBin(['nodes', ...JUDGED_BY, '-o', 'yaml'])
  t.strictSame(parse(yaml.stdout), JSON.parse(json.stdout))
})

t.test('the table has the columns of kubectl get, and wide has what explains them', async t => {
  const narrow = (await runBin(['nodes', ...JUDGED_BY])).stdout.split('\n')
  t.equal(narrow[0]?.trim().split(/\s+/).join(' '), 'NAME STATE REASON SNAPSHOTTER CONTAINERD BOOT AGE')
  t.match(narrow[3], /^mixed-1 +Mixed +ConfiguredAfterLaunch +soci +2\.1\.9 +92276658 +\S+$/)
  t.match(narrow[9], /^windows-1 +NotDefault +UnsupportedOperatingSystem +<unknown> +1\.7\.27 +830e07bc +\S+$/)
  const wide = (await runBin(['nodes', ...JUDGED_BY, '-o', 'wide'])).stdout.split('\n')
  t.match(wide[0], /AGE +POOL +MODE +EVIDENCE +ADVISORIES +MESSAGE$/)
  t.match(wide[7], /<none> +enforce +report +ContainerdStatsBug +soci is the default snapshotter/)
})

t.test('a node that says nothing about itself has a row all the same', async t => {
  const folder = t.testdir({ 'i.json': '{"apiVersion":"v1","kind":"Node","metadata":{"name":"bare"}}' })
  const { stdout } = await runBin(['nodes', '--inventory', folder])
  t.match(stdout.split('\n')[1], /^bare +Unverified +NoReport +<unknown> +<unknown> +<unknown> +<unknown>$/)
})

t.test('words of a node cannot control the terminal', async t => {
  const name = 'a\u001b[2Jb\nc'
  const folder = t.testdir({ 'i.json': JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name } }) })
  const { stdout } = await runBin(['nodes', '--inventory', folder])
  t.match(stdout.split('\n')[1], /^a \[2Jb c {3}/)
})

t.test('colours only when they are asked for in a pipe', async t => {
  t.notMatch((await runBin(['nodes', ...JUDGED_BY])).stdout, '\u001b')
  t.match((await runBin(['nodes', ...JUDGED_BY, '--color'])).stdout, '\u001b[32mReady\u001b[39m')
  t.notMatch((await runBin(['nodes', ...JUDGED_BY, '--color'], { env: { NO_COLOR: '1' } })).stdout, '\u001b')
})
