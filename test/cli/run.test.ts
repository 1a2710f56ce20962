import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT, runBin } from '../support/run-bin.ts'

const INVENTORY = join(ROOT, 'examples/inventory.yaml')
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

t.test('--version prints the version', async t => {
  t.strictSame(await runBin(['--version']), { code: 0, signal: null, stdout: `${version}\n`, stderr: '' })
})

t.test('without a command, and with --help, every command is listed', async t => {
  for (const args of [[], ['--help'], ['help']]) {
    const { code, stdout, stderr } = await runBin(args)
    t.equal(code, 0)
    t.equal(stderr, '')
    for (const command of ['serve', 'check', 'nodes', 'certs', 'demo'])
      t.match(stdout, new RegExp(`^  ${command} `, 'm'))
  }
})

t.test('every command has a --help of its own', async t => {
  for (const command of ['serve', 'check', 'nodes', 'certs', 'demo']) {
    const { code, stdout } = await runBin([command, '--help'])
    t.equal(code, 0)
    t.match(stdout, new RegExp(`^Usage: soci-guard ${command} `, 'm'))
  }
})

const CERTS = ['--cert-dir', '/nowhere/certs']

const USAGE: readonly {
  name: string
  args: readonly string[]
  env?: Record<string, string>
  want: readonly string[]
}[] = [
  { name: 'an unknown command', args: ['node'], want: ['soci-guard: node: unknown command; did you mean nodes?'] },
  {
    name: 'an unknown flag',
    args: ['nodes', '--inventory', INVENTORY, '--ouput', 'json'],
    want: ['soci-guard: --ouput: unknown flag; did you mean --output?'],
  },
  {
    name: 'a bad port',
    args: ['serve', '--inventory', INVENTORY, '--port', '65536'],
    want: ['soci-guard: --port 65536: expected 0 to 65535'],
  },
  {
    name: 'neither an inventory nor a cluster',
    args: ['nodes'],
    env: { HOME: '/nowhere', KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '' },
    want: [
      'soci-guard: there is no cluster to talk to: no --kubeconfig, no KUBECONFIG, no ~/.kube/config, and this is no pod; give --kubeconfig FILE, or --inventory FILE to work from files',
    ],
  },
  {
    name: 'an inventory that is not there',
    args: ['nodes', '--inventory', '/nowhere/i.yaml'],
    want: ['soci-guard: cannot read /nowhere/i.yaml: no such file or directory'],
  },
  {
    name: 'a configuration that is not there',
    args: ['nodes', '--inventory', INVENTORY, '--config', '/nowhere/g.yaml'],
    want: ['soci-guard: cannot read the configuration /nowhere/g.yaml: no such file or directory'],
  },
  {
    name: 'certificates that are not there',
    args: ['serve', '--inventory', INVENTORY, '--port', '0', '--ops-port', '0', ...CERTS],
    want: [
      'soci-guard: cannot read /nowhere/certs/tls.crt: no such file or directory; mount the certificate there, or make one with "soci-guard certs"',
    ],
  },
  {
    name: 'a folder that certificates cannot be written to',
    args: ['certs', '--cert-dir', '/proc/certs'],
    want: ['soci-guard: cannot write /proc/certs/ca.crt: no such file or directory'],
  },
]

t.test('one clear sentence and exit code 2 for', async t => {
  for (const { name, args, env = {}, want } of USAGE) {
    t.test(name, async t => {
      const { code, stdout, stderr } = await runBin(args, { env })
      t.strictSame(stderr.split('\n').slice(0, -1), want)
      t.equal(stdout, '')
      t.equal(code, 2)
    })
  }
})

t.test('everything wrong with the flags is told at once', async t => {
  const { code, stderr } = await runBin(['serve', '--port', 'x', '--drain-seconds', '-1', '--nothing'])
  t.equal(code, 2)
  t.equal(stderr.split('\n').filter(line => line.startsWith('soci-guard: ')).length, 3)
})

t.test('a setting can come from the environment, and a flag wins over it', async t => {
  const env = { SOCI_GUARD_INVENTORY: '/nowhere/from-env.yaml' }
  t.match((await runBin(['nodes'], { env })).stderr, '/nowhere/from-env.yaml')
  t.equal((await runBin(['nodes', '--inventory', INVENTORY], { env })).code, 0)
})
