import type { Setting } from './setting.ts'

/** The rows of the settings table that say which cluster is meant, and which part of it. */
export const CLUSTER_SETTINGS = {
  kubeconfig: {
    kind: 'text',
    flag: 'kubeconfig',
    placeholder: 'FILE',
    description: 'kubeconfig of the cluster; else $KUBECONFIG, ~/.kube/config, or the ServiceAccount of the pod',
    commands: ['serve', 'agent', 'controller', 'check', 'nodes', 'scan', 'certs', 'uninstall'],
  },
  context: {
    kind: 'text',
    flag: 'context',
    placeholder: 'NAME',
    description: 'context of the kubeconfig, if not its current one',
    commands: ['serve', 'agent', 'controller', 'check', 'nodes', 'scan', 'certs', 'uninstall'],
  },
  namespace: {
    kind: 'text',
    flag: 'namespace',
    short: 'n',
    placeholder: 'NAME',
    description:
      'namespace to scan; for check that of objects that name none, for certs and uninstall that of soci-guard',
    commands: ['check', 'scan', 'certs', 'uninstall'],
  },
  allNamespaces: {
    kind: 'switch',
    flag: 'all-namespaces',
    short: 'A',
    description: 'look at the pods of all namespaces, as without --namespace',
    commands: ['scan'],
  },
  selector: {
    kind: 'text',
    flag: 'selector',
    short: 'l',
    placeholder: 'SELECTOR',
    description: 'label selector, such as pool=gpu,!spot; nodes shows only such nodes, scan looks only at such pods',
    commands: ['nodes', 'scan'],
  },
} as const satisfies Record<string, Setting>
