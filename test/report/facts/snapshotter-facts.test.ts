import t from 'tap'
import { readPlugins } from '../../../src/report/facts/plugins.ts'
import { snapshotterFacts } from '../../../src/report/facts/snapshotter-facts.ts'

const PLUGINS = {
  plugins: [
    { type: 'io.containerd.snapshotter.v1', id: 'overlayfs', exports: { root: '/root/overlayfs' }, init_err: null },
    { type: 'io.containerd.snapshotter.v1', id: 'zfs', exports: {}, init_err: { code: 2, message: 'skip plugin' } },
    {
      type: 'io.containerd.snapshotter.v1',
      id: 'soci',
      exports: { address: '/s.sock', root: '/soci' },
      init_err: null,
    },
  ],
}
const DIRECT = 'plugin.soci.snapshots.List'
const PROXIED = 'snapshots.List.soci'
const REFUSED =
  'connection error: desc = "transport: Error while dialing: dial unix /s.sock: connect: connection refused"'

const facts = (answers: Record<string, unknown>) => {
  const observation = { 'introspection.Plugins': PLUGINS, ...answers }
  return snapshotterFacts(observation, readPlugins(observation), 'soci')
}

t.test('snapshotters that containerd has are listed by name, without those it skips', async t => {
  t.strictSame(facts({}), [
    { name: 'overlayfs', address: '', root: '/root/overlayfs', registered: true, responds: null },
    { name: 'soci', address: '/s.sock', root: '/soci', registered: true, responds: null },
  ])
})

t.test('the expected one is listed although it is not registered, unless that could not be told', async t => {
  const nothing = { 'introspection.Plugins': { plugins: [] } }
  t.strictSame(snapshotterFacts(nothing, readPlugins(nothing), 'soci'), [
    { name: 'soci', address: '', root: '', registered: false, responds: null },
  ])
  t.strictSame(snapshotterFacts({}, null, 'soci'), [])
})

t.test('whether the plugin responds', async t => {
  const table: { name: string; answers: Record<string, unknown>; want: boolean | null }[] = [
    { name: 'nobody asked', answers: {}, want: null },
    { name: 'it listed its snapshots', answers: { [DIRECT]: { count: 0 } }, want: true },
    {
      name: 'it is fresh',
      answers: { [DIRECT]: { code: 2, message: 'bucket does not exist: not found' } },
      want: true,
    },
    {
      name: 'its socket is not there',
      answers: { [DIRECT]: { code: 14, message: 'connect ENOENT /s.sock' } },
      want: false,
    },
    { name: 'it hangs', answers: { [DIRECT]: { code: 4, message: 'Deadline exceeded' } }, want: false },
    { name: 'it is something else', answers: { [DIRECT]: { code: 12, message: 'unknown service' } }, want: false },
    { name: 'we may not ask', answers: { [DIRECT]: { code: 14, message: 'connect EACCES /s.sock' } }, want: null },
    {
      name: 'its folder is not mounted',
      answers: { [DIRECT]: { code: 14, message: 'no such directory here: /run/soci' } },
      want: null,
    },
    { name: 'containerd has snapshots of it', answers: { [PROXIED]: [{ name: 'a' }] }, want: true },
    { name: 'containerd asks it nothing for an empty list', answers: { [PROXIED]: [] }, want: null },
    { name: 'containerd could not dial it', answers: { [PROXIED]: { code: 2, message: REFUSED } }, want: false },
    {
      name: 'containerd gave up on it',
      answers: { [PROXIED]: { code: 2, message: 'context deadline exceeded' } },
      want: false,
    },
    {
      name: 'containerd does not know it',
      answers: { [PROXIED]: { code: 3, message: 'snapshotter not loaded: soci' } },
      want: null,
    },
    {
      name: 'its own word counts first',
      answers: { [DIRECT]: { count: 1 }, [PROXIED]: { code: 14, message: REFUSED } },
      want: true,
    },
  ]
  for (const { name, answers, want } of table) {
    t.equal(facts(answers).find(({ name }) => name === 'soci')?.responds, want, name)
  }
})
