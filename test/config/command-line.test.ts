import t from 'tap'
import { readCommandLine } from '../../src/config/command-line.ts'

const cases = [
  { name: 'nothing asks for the help of all commands', argv: [], want: { kind: 'help', command: null } },
  { name: '--help', argv: ['--help'], want: { kind: 'help', command: null } },
  { name: '-h', argv: ['-h'], want: { kind: 'help', command: null } },
  { name: 'help', argv: ['help'], want: { kind: 'help', command: null } },
  { name: 'help of a command', argv: ['help', 'serve'], want: { kind: 'help', command: 'serve' } },
  { name: 'a command with --help', argv: ['check', '--help'], want: { kind: 'help', command: 'check' } },
  { name: 'help wins over problems', argv: ['serve', '--port', 'x', '-h'], want: { kind: 'help', command: 'serve' } },
  { name: '--version', argv: ['--version'], want: { kind: 'version' } },
  { name: 'version', argv: ['version'], want: { kind: 'version' } },
  { name: 'a command with -v', argv: ['nodes', '-v'], want: { kind: 'version' } },
  {
    name: 'a mistyped command',
    argv: ['serv', '--port', '1'],
    want: { kind: 'invalid', problems: [{ path: 'soci-guard serv', message: 'unknown command; did you mean serve?' }] },
  },
  {
    name: 'an unknown command',
    argv: ['help', 'banana'],
    want: {
      kind: 'invalid',
      problems: [
        {
          path: 'soci-guard banana',
          message:
            'unknown command; expected one of serve, check, nodes, scan, controller, agent, inspect, certs, uninstall, demo',
        },
      ],
    },
  },
  {
    name: 'a property of every object as a command',
    argv: ['constructor'],
    want: {
      kind: 'invalid',
      problems: [
        {
          path: 'soci-guard constructor',
          message:
            'unknown command; expected one of serve, check, nodes, scan, controller, agent, inspect, certs, uninstall, demo',
        },
      ],
    },
  },
  {
    name: 'a flag before the command',
    argv: ['--port', '1', 'serve'],
    want: {
      kind: 'invalid',
      problems: [
        {
          path: 'soci-guard --port',
          message:
            'expected a command first: one of serve, check, nodes, scan, controller, agent, inspect, certs, uninstall, demo',
        },
      ],
    },
  },
  {
    name: 'a command with problems',
    argv: ['demo', '--port', '70000'],
    want: { kind: 'invalid', problems: [{ path: '--port 70000', message: 'expected 0 to 65535' }] },
  },
  {
    name: 'a command with its settings',
    argv: ['nodes', '--inventory', 'nodes.yaml', '-o', 'wide'],
    want: {
      kind: 'run',
      command: 'nodes',
      settings: {
        config: undefined,
        inventory: 'nodes.yaml',
        kubeconfig: undefined,
        context: undefined,
        selector: undefined,
        output: 'wide',
        watch: false,
        color: undefined,
      },
    },
  },
]

for (const { name, argv, want } of cases) {
  t.test(`command line: ${name}`, async t => {
    t.strictSame(readCommandLine(argv, {}), want)
  })
}

t.test('variables reach the settings of the command', async t => {
  const env = { SOCI_GUARD_INVENTORY: 'nodes.yaml' }
  t.match(readCommandLine(['nodes'], env), { kind: 'run', settings: { inventory: 'nodes.yaml' } })
})
