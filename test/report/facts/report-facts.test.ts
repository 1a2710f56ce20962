import t from 'tap'
import { judgeObservation } from '../../../src/cli/inspect-verdict.ts'
import { DEFAULT_CONFIGURATION } from '../../../src/config/default-configuration.ts'
import type { Observation } from '../../../src/report/facts/observation.ts'
import { reportFacts } from '../../../src/report/facts/report-facts.ts'
import { readCapture } from '../../support/captures.ts'

const facts = (observation: Observation, bootTimeMs: number | null = null) =>
  reportFacts(observation, { expectedSnapshotter: 'soci', bootTimeMs })
const verdict = (observation: Observation) => judgeObservation(observation, 'soci', DEFAULT_CONFIGURATION).verdict

const HEALTHY = '2.4.2/a1-soci-from-launch'
const CALLS_OF_HEALTHY = Object.keys(readCapture(HEALTHY))

t.test(
  'an error in the place of any answer makes facts unknown, and never a violation out of a healthy node',
  async t => {
    for (const name of [HEALTHY, '1.7.24-discard/f2-pods', '1.6.20/a1-soci-from-launch']) {
      for (const call of CALLS_OF_HEALTHY) {
        for (const code of [2, 4, 8, 14]) {
          const { state, reason } = verdict({ ...readCapture(name), [call]: { code, message: 'nothing' } })
          const isSilent = call === 'snapshots.List.soci' && code !== 2 && code !== 8
          t.ok(
            isSilent ? state === 'Broken' : ['Ready', 'Unverified'].includes(state),
            `${name} ${call} ${code}: ${reason}`,
          )
        }
      }
    }
  },
)

t.test('a call that was not made, or answered with nothing, is an unknown fact', async t => {
  for (const call of CALLS_OF_HEALTHY) {
    const { [call]: _, ...without } = readCapture(HEALTHY)
    t.ok(['Ready', 'Unverified'].includes(verdict(without).state), call)
    t.ok(['Ready', 'Unverified'].includes(verdict({ ...without, [call]: null }).state), call)
    t.doesNotThrow(() => facts({ ...without, [call]: 'nonsense' }), call)
  }
  t.strictSame(facts({}).images, { total: null, foreign: null, stranded: null, recoverable: null, missing: null })
  t.strictSame(facts({}).containers, { bySnapshotter: null, foreign: null })
  t.equal(verdict({}).reason, 'DefaultUnknown')
})

t.test('an empty list is told apart from one that could not be read', async t => {
  const capture = readCapture('2.4.2/a0-fresh-soci')
  t.strictSame(facts(capture).images, { total: 0, foreign: [], stranded: [], recoverable: [], missing: [] })
  t.strictSame(facts(capture).containers, { bySnapshotter: {}, foreign: [] })
})

t.test('two calls that name different defaults prove neither', async t => {
  const capture = readCapture('1.7.24-discard/a1-soci-from-launch')
  const imageFs = { image_filesystems: [{ fs_id: { mountpoint: '/root/io.containerd.snapshotter.v1.overlayfs' } }] }
  t.strictSame(facts({ ...capture, 'cri.image.ImageFsInfo': imageFs }).defaultSnapshotter, { name: '', source: '' })
})

t.test('two snapshotters with the same root cannot be told apart by it', async t => {
  const capture = readCapture(HEALTHY)
  const plugins = (capture['introspection.Plugins'] as { plugins: { id: string; exports: { root?: string } }[] })
    .plugins
  const soci = plugins.find(({ id }) => id === 'soci')
  plugins.push({ ...soci, id: 'another', exports: { root: `${soci?.exports.root}/` } })
  t.equal(facts(capture).defaultSnapshotter.name, '')
})

t.test("CRI's own error is told when CRI is not served, the plugin's words before those of gRPC", async t => {
  const unimplemented = { code: 12, message: 'unknown service runtime.v1.RuntimeService' }
  const initError = { code: 2, message: 'failed to find snapshotter "soci"' }
  const capture = {
    ...readCapture(HEALTHY),
    'cri.runtime.Status': unimplemented,
    'cri.image.ImageFsInfo': unimplemented,
  }
  t.equal(facts(capture).runtime.criError, 'unknown service runtime.v1.RuntimeService')
  const plugins = [
    {
      type: 'io.containerd.grpc.v1',
      id: 'cri',
      exports: {},
      init_err: { code: 2, message: 'unable to load a dependency' },
    },
    { type: 'io.containerd.cri.v1', id: 'images', exports: {}, init_err: initError },
  ]
  const failed = { ...capture, 'introspection.Plugins': { plugins } }
  t.equal(facts(failed).runtime.criError, 'io.containerd.cri.v1/images: failed to find snapshotter "soci"')
  t.equal(verdict(failed).reason, 'RuntimeUnavailable')
})

t.test('what was unpacked and started before this boot is no evidence of it', async t => {
  const capture = readCapture('2.4.2/c5-old-pods-gone')
  t.strictSame(facts(capture, 0).images.foreign, ['docker.io/library/addon:1'])
  t.strictSame(facts(capture, Number.MAX_SAFE_INTEGER).images.foreign, [])
  const { 'snapshots.List.overlayfs': _, ...without } = capture
  t.equal(facts(without, Number.MAX_SAFE_INTEGER).images.foreign, null, 'when it was unpacked could not be told')
  t.strictSame(facts(without, 0).images.foreign, ['docker.io/library/addon:1'], 'it came in this boot')
})

t.test('a container where its runtime handler wants it is not foreign, and neither is its image', async t => {
  const capture = readCapture('2.4.2/c2-after-switch')
  const config = capture['cri.runtime.Status.info.config'] as {
    containerd: { runtimes: Record<string, { snapshotter: string }> }
  }
  config.containerd.runtimes.kata = { snapshotter: 'overlayfs' }
  const sandboxes = capture['cri.runtime.ListPodSandbox'] as { items: { runtime_handler: string }[] }
  for (const sandbox of sandboxes.items) sandbox.runtime_handler = 'kata'
  const found = facts(capture)
  t.strictSame(found.containers, { bySnapshotter: { overlayfs: 2 }, foreign: [] })
  t.strictSame(found.images.foreign, [])
  t.strictSame(found.images.stranded, [])
  for (const sandbox of sandboxes.items) sandbox.runtime_handler = 'runc'
  t.equal(facts(capture).containers.foreign?.length, 2, 'runc has no snapshotter of its own')
})

t.test('the default runtime handler decides when it has a snapshotter of its own', async t => {
  const capture = readCapture(HEALTHY)
  const config = capture['cri.runtime.Status.info.config'] as {
    containerd: { runtimes: Record<string, { snapshotter: string }> }
  }
  config.containerd.runtimes.runc = { snapshotter: 'overlayfs' }
  t.strictSame(facts(capture).defaultSnapshotter, { name: 'overlayfs', source: 'Status' })
  t.not(verdict(capture).state, 'Ready')
})

t.test('what other programs run beside CRI is not counted', async t => {
  const capture = readCapture(HEALTHY)
  const { containers } = capture['containers.List'] as { containers: object[] }
  containers.push({
    id: 'by-hand',
    labels: { 'nerdctl/namespace': 'k8s.io' },
    snapshotter: 'overlayfs',
    created_at: null,
  })
  t.strictSame(facts(capture).containers, { bySnapshotter: { soci: 3 }, foreign: [] })
})

t.test('names that a prototype has are names like any other', async t => {
  const capture = readCapture('2.4.2/c2-after-switch')
  const { containers } = capture['containers.List'] as { containers: { snapshotter: string }[] }
  for (const container of containers) container.snapshotter = 'constructor'
  t.strictSame(facts(capture).containers.bySnapshotter, { constructor: 2 })
})

t.test('a report lists at most ten of a kind, the newest containers', async t => {
  const capture = readCapture('2.4.2/c2-after-switch')
  const list = capture['containers.List'] as { containers: { id: string; created_at: unknown }[] }
  const [first] = list.containers
  list.containers = Array.from({ length: 30 }, (_, at) => ({
    ...first,
    id: `c${at}`,
    created_at: { seconds: `${1000 + at}`, nanos: 0 },
  })) as never
  const { foreign } = facts(capture).containers
  t.equal(foreign?.length, 10)
  t.match(foreign?.[0], { id: 'c29', createdAt: '1970-01-01T00:17:09Z' })
})
