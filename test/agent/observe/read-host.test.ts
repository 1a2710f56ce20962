import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isBesideContainerd, readHost } from '../../../src/agent/observe/read-host.ts'
import { reportFacts } from '../../../src/report/facts/report-facts.ts'

const STAT = '812 (containerd (x) y) S 1 812 812 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 9 0 900 1 1 1'
const SERVER = { uuid: 'u', pid: '812', pidns: '4026531836' }

const PROC = {
  stat: 'cpu 1 2\nbtime 1795338000\nprocesses 1',
  sys: { kernel: { random: { boot_id: '0d9f6a3e\n' }, hostname: 'node1\n' } },
  812: { stat: STAT, cmdline: 'containerd\0' },
}
const SOCI = '[cri_keychain]\nenable_keychain = false\n[kubeconfig_keychain]\nenable_keychain = true\n'

t.test('this boot, and when containerd was started, from /proc', async t => {
  const root = t.testdir({ proc: PROC })
  const { host } = await readHost(root, SERVER, true)
  t.strictSame(host, {
    name: 'node1',
    bootID: '0d9f6a3e',
    bootTimeMs: 1_795_338_000_000,
    containerdStartTimeMs: 1_795_338_009_000,
  })
  const facts = reportFacts({ host, 'introspection.Server': SERVER }, { expectedSnapshotter: 'soci', bootTimeMs: null })
  t.strictSame(facts.runtime.session, { pid: 812, startTime: '2026-11-22T09:00:09Z' })
})

t.test('a pod knows the boot and nothing else of its node', async t => {
  const root = t.testdir({ proc: PROC, etc: { containerd: { 'config.toml': 'version = 2' } } })
  t.strictSame(await readHost(root, SERVER, false), {
    host: { name: 'node1', bootID: '0d9f6a3e', bootTimeMs: 1_795_338_000_000 },
  })
})

t.test('whether this process is beside containerd is told by their namespaces of process IDs', async t => {
  const link = (number: string) => ({ proc: { self: { ns: { pid: t.fixture('symlink', `pid:[${number}]`) } } } })
  const root = t.testdir(link('4026531836'))
  t.equal(await isBesideContainerd(root, SERVER), true)
  t.equal(await isBesideContainerd(root, { ...SERVER, pidns: '1' }), false)
  t.equal(await isBesideContainerd(root, { uuid: 'u', pid: '0', pidns: '0' }), true, 'containerd 1.6 does not tell')
})

t.test('the file that containerd was started with, and what it imports, without passwords', async t => {
  const root = t.testdir({
    proc: { ...PROC, 812: { stat: STAT, cmdline: 'containerd\0--config=/opt/c/main.toml\0' } },
    opt: {
      c: {
        'main.toml': 'version = 2\nimports = ["conf.d/*.toml", "/opt/gone.toml"]\n[plugins.x]\na = 1',
        'conf.d': {
          'b.toml': '[plugins."io.containerd.grpc.v1.cri".registry.configs."r".auth]\npassword = "open-sesame"',
          'a.toml': '[plugins."io.containerd.grpc.v1.cri".containerd]\nsnapshotter = "soci"',
          'broken.toml': '[[[',
          'README.md': 'no TOML',
        },
      },
    },
  })
  const found = (await readHost(root, SERVER, true))['files.containerd'] as {
    files: { path: string; config: unknown }[]
  }
  t.strictSame(
    found.files.map(({ path }) => path),
    ['/opt/c/main.toml', '/opt/c/conf.d/a.toml', '/opt/c/conf.d/b.toml'],
  )
  t.strictSame(found.files[1]?.config, {
    plugins: { 'io.containerd.grpc.v1.cri': { containerd: { snapshotter: 'soci' } } },
    proxy_plugins: {},
  })
  t.notMatch(JSON.stringify(found), 'open-sesame')
})

t.test('without the command line the usual places are tried', async t => {
  const etc = { 'config.toml': 'version = 2' }
  const root = t.testdir({ var: { lib: { rancher: { k3s: { agent: { etc: { containerd: etc } } } } } } })
  const found = (await readHost(root, { pid: '0' }, true))['files.containerd'] as { files: { path: string }[] }
  t.strictSame(
    found.files.map(({ path }) => path),
    ['/var/lib/rancher/k3s/agent/etc/containerd/config.toml'],
  )
})

t.test('how SOCI gets credentials, by its own socket first and then by its files', async t => {
  const OFF = { code: 12, message: 'unknown service runtime.v1.ImageService' }
  const DOCKER = { '.docker': { 'config.json': '{"auths":{"registry.example":{"auth":"c2VjcmV0"}}}' } }
  const NO_DOCKER = { '.docker': { 'config.json': '{"auths":{}}' } }
  const table = [
    { name: 'its socket serves images', tree: {}, call: { image_filesystems: [] }, want: 'CRICredentials' },
    {
      name: 'secrets',
      tree: { etc: { 'soci-snapshotter-grpc': { 'config.toml': SOCI } } },
      call: OFF,
      want: 'KubernetesSecrets',
    },
    {
      name: "Bottlerocket's path",
      tree: { etc: { 'soci-snapshotter': { 'config.toml': SOCI } } },
      call: OFF,
      want: 'KubernetesSecrets',
    },
    { name: 'Docker', tree: { root: DOCKER }, call: OFF, want: 'DockerConfig' },
    { name: 'a Docker configuration without credentials', tree: { root: NO_DOCKER }, call: OFF, want: 'None' },
    { name: 'nothing', tree: {}, call: OFF, want: 'None' },
    {
      name: 'a file that is no TOML',
      tree: { etc: { 'soci-snapshotter-grpc': { 'config.toml': '[[' } } },
      call: OFF,
      want: 'Unknown',
    },
    { name: 'SOCI does not answer', tree: {}, call: { code: 14, message: '' }, want: 'Unknown' },
  ]
  for (const { name, tree, call, want } of table) {
    await t.test(name, async t => {
      const files = await readHost(t.testdir(tree), { pid: '0' }, true)
      const facts = reportFacts(
        { ...files, 'plugin.soci.ImageFsInfo': call },
        { expectedSnapshotter: 'soci', bootTimeMs: null },
      )
      t.equal(facts.registryAuthentication, want)
      t.notMatch(JSON.stringify(files), 'c2VjcmV0')
    })
  }
})

t.test('the real /proc tells this boot', async t => {
  const { host } = await readHost('/', {}, false)
  t.equal((host as { bootID: string }).bootID, readFileSync(join('/proc/sys/kernel/random/boot_id'), 'utf8').trim())
})
