import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { CALLS } from '../../src/report/facts/calls.ts'
import { readCapture } from '../support/captures.ts'
import { startFakeContainerd } from '../support/fake-containerd.ts'
import { runCommand } from '../support/run-command.ts'
import { socketFolder } from '../support/socket-folder.ts'

const captures = resolve(import.meta.dirname, '../fixtures/captures')
const file = (name: string): string => join(captures, `${name}.json`)

t.test('the contract: what is printed as JSON, and the exit code', async t => {
  const table = [
    { capture: '2.4.2/a1-soci-from-launch', code: 0, state: 'Ready', reason: '', advisories: [] },
    { capture: '2.1.9/b1-no-soci', code: 3, state: 'NotDefault', reason: 'SnapshotterNotRegistered', advisories: [] },
    {
      capture: '1.7.24-discard/c2-after-switch',
      code: 3,
      state: 'Mixed',
      reason: 'SandboxImageStranded',
      advisories: [],
    },
    {
      capture: '2.4.2-modes/k1-soci-killed',
      code: 3,
      state: 'Broken',
      reason: 'SnapshotterUnavailable',
      advisories: [],
    },
    {
      capture: '2.4.2-modes/l0-lazy-annotations-off',
      code: 0,
      state: 'Ready',
      reason: '',
      advisories: ['LazyLoadingDisabled'],
    },
  ]
  for (const { capture, code, state, reason, advisories } of table) {
    const result = await runCommand(['inspect', '--replay', file(capture), '-o', 'json'])
    t.equal(result.code, code, capture)
    const record = JSON.parse(result.stdout)
    t.strictSame(Object.keys(record), ['state', 'reason', 'message', 'defaultSnapshotter', 'advisories', 'report'])
    t.match(record, { state, reason, advisories, report: { verified: true, sequence: 0 } }, capture)
    t.equal(result.stderr, '')
  }
})

t.test('YAML says the same as JSON', async t => {
  const { parse } = await import('yaml')
  const args = ['inspect', '--replay', file('2.4.2/d4'), '-o']
  const [yaml, json] = [await runCommand([...args, 'yaml']), await runCommand([...args, 'json'])]
  t.strictSame(parse(yaml.stdout), JSON.parse(json.stdout))
})

t.test('a person is told the state, why, what to do, and where everything was read', async t => {
  const { stdout, code } = await runCommand(['inspect', '--replay', file('2.4.2/c4-after-repull-pause')])
  t.equal(code, 3)
  t.equal(
    stdout,
    `Mixed: ConfiguredAfterLaunch
2 containers of this boot run in overlayfs and 1 image was unpacked elsewhere in this boot
(docker.io/library/addon:1) although soci is now the default. Replace the node; its images cannot be
repaired in place.

FACT                   VALUE                                                           READ FROM
containerd             2.4.2+unknown (process 14796)                                   version.Version, introspection.Server
default snapshotter    soci                                                            cri.image.ImageFsInfo
snapshotter soci       registered, answers                                             introspection.Plugins, plugin.soci.snapshots.List
containers             2 in overlayfs, 5 in soci                                       containers.List
  outside              docker.io/library/addon:1 (overlayfs), default/c0 (overlayfs)   cri.runtime.ListPodSandbox
images                 3, 1 unpacked elsewhere                                         images.List, content.List, snapshots.List.soci
sandbox image          registry.k8s.io/pause:3.10: in the default snapshotter          images.List, content.List, snapshots.List.soci
unpacked layers        kept                                                            cri.runtime.Status, introspection.Plugins
annotations            sent                                                            snapshots.List.soci
registry credentials   could not be told                                               plugin.soci.ImageFsInfo
`,
  )
})

t.test('another expected snapshotter, by flag, variable or configuration', async t => {
  const folder = t.testdir({
    'guard.yaml': 'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\nexpectedSnapshotter: overlayfs\n',
  })
  const args = ['inspect', '--replay', file('2.1.9/b1-no-soci'), '-o', 'json']
  for (const [name, more, env] of [
    ['flag', ['--expected-snapshotter', 'overlayfs'], {}],
    ['variable', [], { SOCI_GUARD_EXPECTED_SNAPSHOTTER: 'overlayfs' }],
    ['configuration', ['--config', join(folder, 'guard.yaml')], {}],
  ] as const) {
    t.equal((await runCommand([...args, ...more], { env })).code, 0, name)
  }
})

t.test('violations of the configuration decide here too', async t => {
  const folder = t.testdir({
    'guard.yaml':
      'apiVersion: soci-guard.dev/v1alpha1\nkind: GuardConfiguration\nviolations: [SandboxImageOutsideDefault]\n',
  })
  const args = ['inspect', '--replay', file('2.4.2/e1-soci-default-prebaked-overlayfs-pause'), '-o', 'json']
  t.equal((await runCommand(args)).code, 0)
  const { code, stdout } = await runCommand([...args, '--config', join(folder, 'guard.yaml')])
  t.equal(code, 3)
  t.match(JSON.parse(stdout), { state: 'Broken', reason: 'SandboxImageOutsideDefault' })
})

t.test('what cannot be told ends with 2 and one sentence', async t => {
  const folder = t.testdir({ 'list.json': '[]', 'other.json': '{"name":"soci-guard"}', 'broken.json': '{' })
  const table = [
    [['--replay', join(folder, 'none.json')], /^soci-guard: --replay .*none\.json: could not be read: .*ENOENT/],
    [['--replay', join(folder, 'list.json')], /list\.json: expected an object from call to answer, found a list\n$/],
    [
      ['--replay', join(folder, 'other.json')],
      /expected answers to calls such as introspection\.Plugins, found none; inspect --save writes such a file\n$/,
    ],
    [['--replay', join(folder, 'broken.json')], /broken\.json: expected JSON: /],
    [
      ['--replay', file('2.4.2/d4'), '--wait', '5s'],
      /^soci-guard: --wait: expected no --replay; what was saved does not change\n$/,
    ],
    [['--wait', 'long'], /^soci-guard: --wait long: expected a duration such as 60s or 2m\n$/],
    [
      ['--address', join(socketFolder(t), 'c.sock')],
      /^soci-guard: containerd at .*c\.sock does not answer: .*ENOENT .*c\.sock; is containerd running, and is --address its socket\?\n$/,
    ],
  ] as const
  for (const [args, want] of table) {
    const { code, stdout, stderr } = await runCommand(['inspect', ...args])
    t.equal(code, 2, args.join(' '))
    t.match(stderr, want)
    t.equal(stdout, '')
  }
})

t.test('a live node: the verdict, and what is saved gives it again', async t => {
  const folder = socketFolder(t)
  const containerd = await startFakeContainerd(join(folder, 'c.sock'), readCapture('2.4.2/a1-soci-from-launch'))
  t.teardown(() => containerd.stop())
  const saved = join(folder, 'saved.json')
  const args = ['--address', join(folder, 'c.sock'), '--expected-snapshotter', 'soci', '-o', 'json']
  const live = await runCommand(['inspect', ...args, '--save', saved])
  // The capture's SOCI is not on this machine.
  t.match(JSON.parse(live.stdout), {
    state: 'Broken',
    reason: 'SnapshotterUnavailable',
    report: { images: { total: 3 } },
  })
  t.equal(statSync(saved).mode & 0o777, 0o600)
  t.strictSame(Object.keys(JSON.parse(readFileSync(saved, 'utf8'))).includes(CALLS.host), true)
  const again = await runCommand(['inspect', '--replay', saved, '-o', 'json'])
  t.equal(again.stdout, live.stdout)
  t.equal(again.code, 3)
})

t.test('--wait looks again until the node is ready, also when containerd is not there yet', async t => {
  const folder = socketFolder(t)
  const address = join(folder, 'c.sock')
  const waiting = runCommand(['inspect', '--address', address, '--wait', '60s', '-o', 'json'])
  const answers = readCapture('2.1.9/a0-fresh-soci')
  const { plugins } = answers[CALLS.plugins] as { plugins: { id: string; exports: Record<string, string> }[] }
  for (const { id, exports } of plugins) if (id === 'soci') exports.address = join(folder, 'soci.sock')
  const containerd = await startFakeContainerd(address, answers)
  const soci = await startFakeContainerd(join(folder, 'soci.sock'), { 'snapshots.List.': [] })
  t.teardown(() => Promise.all([containerd.stop(), soci.stop()]))
  const { code, stdout } = await waiting
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { state: 'Ready', report: { registryAuthentication: String } })
})

t.test('--wait ends with what was seen last', async t => {
  const folder = socketFolder(t)
  const containerd = await startFakeContainerd(join(folder, 'c.sock'), readCapture('2.1.9/b1-no-soci'))
  t.teardown(() => containerd.stop())
  const { code, stdout } = await runCommand([
    'inspect',
    '--address',
    join(folder, 'c.sock'),
    '--wait',
    '1200ms',
    '-o',
    'json',
  ])
  t.equal(code, 3)
  t.match(JSON.parse(stdout), { reason: 'SnapshotterNotRegistered' })
})
