import type { NodeRule } from '../finding.ts'
import { plainText } from '../plain-text.ts'

/** NotContainerd: the kubelet says that it talks to another container runtime; a Node that does not say yet is not decided here. */
export const notContainerd: NodeRule = ({ containerRuntimeVersion }) =>
  containerRuntimeVersion === '' || containerRuntimeVersion.startsWith('containerd://')
    ? null
    : {
        reason: 'NotContainerd',
        found: `the container runtime is ${plainText(containerRuntimeVersion)}, not containerd`,
      }
