import t from 'tap'
import { COMMAND_NAMES } from '../../src/config/commands.ts'
import { formatHelp } from '../../src/config/format-help.ts'
import { settingsOf } from '../../src/config/settings-table.ts'

t.test('the help of all commands', async t => {
  t.equal(
    formatHelp(null),
    `soci-guard keeps pods off Kubernetes nodes that are in a mixed-snapshotter state.

Usage: soci-guard COMMAND [flags]

Commands:
  serve       answer admission reviews over TLS
  check       predict what would happen to the pods of manifests, node by node
  nodes       show the state of every node
  scan        find the pods that run on nodes where they should not
  controller  keep the marks on Nodes in step with their states, as long as it runs
  agent       report what this node says about its snapshotters, as long as it runs
  inspect     look at the node that it runs on, and say whether its snapshotter is in order
  certs       make certificates, for development or for the webhook of a cluster
  uninstall   take away what soci-guard wrote into a cluster while it ran
  demo        start a server over the examples, post reviews to it and show the answers

Run "soci-guard COMMAND --help" for the flags of a command, "soci-guard --version" for the version.
`,
  )
})

t.test('the help of check', async t => {
  t.equal(
    formatHelp('check'),
    `soci-guard check: predict what would happen to the pods of manifests, node by node.

Usage: soci-guard check --filename FILE [flags]

Flags:
      --config FILE      GuardConfiguration file; without one the defaults hold ($SOCI_GUARD_CONFIG)
      --inventory FILE   instead of a cluster: file or folder with Node, NodeSnapshotter,
                         RuntimeClass, Namespace and Pod objects ($SOCI_GUARD_INVENTORY)
      --kubeconfig FILE  kubeconfig of the cluster; else $KUBECONFIG, ~/.kube/config, or the
                         ServiceAccount of the pod
      --context NAME     context of the kubeconfig, if not its current one
  -n, --namespace NAME   namespace to scan; for check that of objects that name none, for certs and
                         uninstall that of soci-guard
  -f, --filename FILE    manifest to check: a file, a folder, or - for standard input; may be given
                         several times
      --explain          show every node, and what keeps the pod off it
  -o, --output FORMAT    how the result is printed (table, json, yaml; default table)
      --[no-]color       colour the output; without the flag only on a terminal, and never when
                         NO_COLOR is set
  -h, --help             show this help

A flag wins over its variable, and a variable over the default.
`,
  )
})

for (const command of COMMAND_NAMES) {
  t.test(`the help of ${command} shows each flag once, aligned, in 100 columns`, async t => {
    const lines = formatHelp(command).split('\n')
    t.strictSame(
      lines.filter(line => line.length > 100),
      [],
    )
    const columns = settingsOf(command).map(({ setting }) => {
      const pattern = new RegExp(`^ {2}(-[a-zA-Z],| {3}) --(\\[no-\\])?${setting.flag} `)
      const [line = '', ...others] = lines.filter(line => pattern.test(line))
      t.strictSame(others, [], setting.flag)
      return line.indexOf(setting.description.split(' ').slice(0, 3).join(' '))
    })
    t.ok((columns[0] ?? 0) > 0)
    t.equal(new Set(columns).size, 1, 'descriptions begin in the same column')
  })
}
