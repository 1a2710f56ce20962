import type { Setting } from './setting.ts'

/** The rows of the settings table that are about the node a command runs on. */
export const NODE_SETTINGS = {
  address: {
    kind: 'text',
    flag: 'address',
    variable: 'SOCI_GUARD_CONTAINERD_ADDRESS',
    placeholder: 'PATH',
    default: '/run/containerd/containerd.sock',
    description: "containerd's socket",
    commands: ['agent', 'inspect'],
  },
  expectedSnapshotter: {
    kind: 'text',
    flag: 'expected-snapshotter',
    variable: 'SOCI_GUARD_EXPECTED_SNAPSHOTTER',
    placeholder: 'NAME',
    description: 'snapshotter that the node should use; else what the configuration says, which is soci by default',
    commands: ['agent', 'inspect'],
  },
  wait: {
    kind: 'text',
    flag: 'wait',
    placeholder: 'DURATION',
    description: 'keep looking until the node is Ready, but not longer, such as 60s or 2m',
    commands: ['inspect'],
  },
  replay: {
    kind: 'text',
    flag: 'replay',
    placeholder: 'FILE',
    description: 'judge what --save wrote instead of looking at this node',
    commands: ['inspect'],
  },
  save: {
    kind: 'text',
    flag: 'save',
    placeholder: 'FILE',
    description: 'write every answer that the verdict rests on to a file, as JSON',
    commands: ['inspect'],
  },
} as const satisfies Record<string, Setting>
