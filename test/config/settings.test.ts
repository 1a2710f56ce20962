import t from 'tap'
import type { Command } from '../../src/config/commands.ts'
import { type Environment, parseSettings } from '../../src/config/settings.ts'

const problemsOf = (command: Command, args: string, env: Environment = {}): string[] => {
  const parsed = parseSettings(command, args.split(' ').filter(Boolean), env)
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`)
}

const settingsOf = <Name extends Command>(command: Name, args: string, env: Environment = {}) => {
  const parsed = parseSettings(command, args.split(' ').filter(Boolean), env)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

t.test('every setting of serve has its default', async t => {
  t.strictSame(settingsOf('serve', '--inventory nodes.yaml'), {
    config: undefined,
    inventory: 'nodes.yaml',
    kubeconfig: undefined,
    context: undefined,
    certDir: './certs',
    host: undefined,
    port: 8443,
    opsHost: undefined,
    opsPort: 8080,
    tlsMinVersion: '1.3',
    clientCA: undefined,
    clientNames: [],
    logLevel: 'info',
    auditLog: '-',
    drainSeconds: 10,
  })
})

t.test('demo listens on free ports of this machine only, and needs nothing', async t => {
  t.match(settingsOf('demo', ''), {
    host: '127.0.0.1',
    port: 0,
    opsHost: '127.0.0.1',
    opsPort: 0,
    inventory: undefined,
  })
})

t.test('a flag wins over its variable, and a variable over the default', async t => {
  const env = { SOCI_GUARD_PORT: '9443', SOCI_GUARD_INVENTORY: 'a.yaml', SOCI_GUARD_LOG_LEVEL: 'warn' }
  t.match(settingsOf('serve', '--port 0', env), { port: 0, inventory: 'a.yaml', logLevel: 'warn', opsPort: 8080 })
})

t.test('of a flag given twice the last one counts, of a list all', async t => {
  t.equal(settingsOf('demo', '--port 1 --port 2').port, 2)
  t.strictSame(settingsOf('check', '--inventory a -f x -f=y --filename -').files, ['x', '=y', '-'])
})

t.test('a list in a variable is separated by commas', async t => {
  const env = { SOCI_GUARD_CLIENT_NAMES: 'kube-apiserver, front-proxy', SOCI_GUARD_CLIENT_CA: 'ca.crt' }
  t.strictSame(settingsOf('serve', '--inventory a', env).clientNames, ['kube-apiserver', 'front-proxy'])
})

t.test('an empty variable counts as unset', async t => {
  t.equal(settingsOf('demo', '', { SOCI_GUARD_PORT: '', SOCI_GUARD_CONFIG: '' }).port, 0)
})

t.test('what the kubelet says of a Service called soci-guard is no port', async t => {
  const env = { SOCI_GUARD_PORT: 'tcp://10.96.0.7:443', SOCI_GUARD_OPS_PORT: 'udp://10.96.0.8:53' }
  t.match(settingsOf('serve', '--inventory a', env), { port: 8443, opsPort: 8080 })
})

t.test('colour is on, off or not said', async t => {
  t.equal(settingsOf('demo', '').color, undefined)
  t.equal(settingsOf('demo', '--color').color, true)
  t.equal(settingsOf('demo', '--no-color').color, false)
  t.equal(settingsOf('demo', '--no-color --color').color, true)
})

t.test('a switch may be given its value', async t => {
  t.equal(settingsOf('demo', '--once').once, true)
  t.equal(settingsOf('demo', '--once=false').once, false)
})

t.test('names and addresses of certificates are taken as given', async t => {
  t.match(settingsOf('certs', '--dns-name guard.example --dns-name *.svc --ip 10.0.0.1 --ip fd00::1'), {
    dnsNames: ['guard.example', '*.svc'],
    ipAddresses: ['10.0.0.1', 'fd00::1'],
  })
})

t.test('settings are frozen', async t => {
  t.ok(Object.isFrozen(settingsOf('demo', '')))
})

const refused: { name: string; command: Command; args: string; env?: Environment; want: string[] }[] = [
  { name: 'a port too high', command: 'demo', args: '--port 70000', want: ['--port 70000: expected 0 to 65535'] },
  { name: 'a negative port', command: 'demo', args: '--port -1', want: ['--port -1: expected 0 to 65535'] },
  { name: 'a port with a fraction', command: 'demo', args: '--port=80.5', want: ['--port 80.5: expected 0 to 65535'] },
  { name: 'a port in hexadecimal', command: 'demo', args: '--port 0x50', want: ['--port 0x50: expected 0 to 65535'] },
  { name: 'a port with a sign', command: 'demo', args: '--port +80', want: ['--port +80: expected 0 to 65535'] },
  { name: 'an empty port', command: 'demo', args: '--port=', want: ['--port=: expected 0 to 65535'] },
  {
    name: 'a bad variable',
    command: 'demo',
    args: '',
    env: { SOCI_GUARD_PORT: 'https' },
    want: ['SOCI_GUARD_PORT=https: expected 0 to 65535'],
  },
  { name: 'no value at the end', command: 'demo', args: '--port', want: ['--port: expected a value: PORT'] },
  {
    name: 'a flag in place of a value',
    command: 'demo',
    args: '--port --ops-port 1',
    want: ['--port: expected a value: PORT; found --ops-port'],
  },
  {
    name: 'no format',
    command: 'check',
    args: '--inventory a -f b -o',
    want: ['-o: expected a value: one of table, json, yaml'],
  },
  { name: 'an empty file name', command: 'demo', args: '--config=', want: ['--config=: expected a value: FILE'] },
  {
    name: 'an unknown flag, with its value',
    command: 'demo',
    args: '--prot 8443 --once',
    want: ['--prot: unknown flag; did you mean --port?'],
  },
  { name: 'a flag like no other', command: 'demo', args: '--banana', want: ['--banana: unknown flag; see --help'] },
  { name: 'an unknown letter', command: 'demo', args: '-x', want: ['-x: unknown flag; see --help'] },
  {
    name: 'a flag of another command',
    command: 'demo',
    args: '--explain',
    want: ['--explain: unknown flag; see --help'],
  },
  {
    name: 'no- before a flag with a value',
    command: 'demo',
    args: '--no-port',
    want: ['--no-port: unknown flag; see --help'],
  },
  {
    name: 'a property of every object',
    command: 'demo',
    args: '--__proto__',
    want: ['--__proto__: unknown flag; see --help'],
  },
  {
    name: 'a switch with another value',
    command: 'demo',
    args: '--once=yes',
    want: ['--once=yes: expected true or false'],
  },
  {
    name: 'an argument',
    command: 'nodes',
    args: '--inventory a node1',
    want: ['soci-guard nodes node1: expected only flags; see --help'],
  },
  {
    name: 'a file without its flag',
    command: 'check',
    args: '--inventory a -f b c.yaml',
    want: ['soci-guard check c.yaml: expected only flags; files go to --filename'],
  },
  {
    name: 'an unknown format',
    command: 'nodes',
    args: '--inventory a -o yml',
    want: ['-o yml: expected one of table, wide, json, yaml; did you mean yaml?'],
  },
  {
    name: 'a format of another command',
    command: 'check',
    args: '--inventory a -f b -o wide',
    want: ['-o wide: expected one of table, json, yaml'],
  },
  {
    name: 'nothing of what is needed',
    command: 'check',
    args: '',
    want: ['soci-guard check: needs --filename FILE'],
  },
  {
    name: 'a cluster and a file at once',
    command: 'nodes',
    args: '--inventory a --context kind',
    want: ['--context: expected either a cluster or --inventory a'],
  },
  {
    name: 'one namespace and all of them',
    command: 'scan',
    args: '-n shop -A',
    want: ['--all-namespaces: expected either all namespaces or --namespace shop'],
  },
  {
    name: 'a needed flag without its value',
    command: 'nodes',
    args: '--inventory',
    want: ['--inventory: expected a value: FILE'],
  },
  {
    name: 'client names without an authority',
    command: 'serve',
    args: '--inventory a --client-name kube-apiserver',
    want: ['--client-name: needs --client-ca, or no client shows a certificate'],
  },
  {
    name: 'one port for two servers',
    command: 'serve',
    args: '--inventory a --port 8080',
    want: ['--ops-port 8080: expected another port than that of --port'],
  },
  {
    name: 'names that are none',
    command: 'certs',
    args: '--dns-name 10.0.0.1 --dns-name a_b --ip localhost --ip= --validity-days 0',
    want: [
      '--dns-name 10.0.0.1: expected a DNS name; addresses go to --ip',
      '--dns-name a_b: expected a DNS name',
      '--ip localhost: expected an IP address',
      '--ip=: expected a value: ADDRESS',
      '--validity-days 0: expected 1 to 3650',
    ],
  },
  {
    name: 'everything at once',
    command: 'serve',
    args: '--tls-min-version 1.1 --drain-seconds 5s --bogus',
    env: { SOCI_GUARD_LOG_LEVEL: 'loud' },
    want: [
      '--bogus: unknown flag; see --help',
      '--tls-min-version 1.1: expected one of 1.3, 1.2; did you mean 1.3?',
      'SOCI_GUARD_LOG_LEVEL=loud: expected one of debug, info, warn, error, silent',
      '--drain-seconds 5s: expected 0 to 3600',
    ],
  },
]

for (const { name, command, args, env, want } of refused) {
  t.test(`${name} is refused`, async t => {
    t.strictSame(problemsOf(command, args, env), want)
  })
}
