import type { Setting } from './setting.ts'

/** The rows of the settings table that only the agent knows. */
export const AGENT_SETTINGS = {
  nodeName: {
    kind: 'text',
    flag: 'node-name',
    variable: 'SOCI_GUARD_NODE_NAME',
    placeholder: 'NAME',
    description: 'Node that the agent runs on',
    commands: ['agent'],
    requiredBy: ['agent'],
  },
  podUID: {
    kind: 'text',
    flag: 'pod-uid',
    variable: 'SOCI_GUARD_POD_UID',
    placeholder: 'UID',
    description: "UID of the agent's own pod, which its token must be bound to",
    commands: ['agent'],
    requiredBy: ['agent'],
  },
  stateFile: {
    kind: 'text',
    flag: 'state-file',
    variable: 'SOCI_GUARD_STATE_FILE',
    placeholder: 'FILE',
    description: 'file on the node that remembers a mixed state of this boot, should somebody delete the report',
    commands: ['agent'],
  },
} as const satisfies Record<string, Setting>
