/** Every command and what it does, as the help shows it. */
export const COMMANDS = {
  serve: 'answer admission reviews over TLS',
  check: 'predict what would happen to the pods of manifests, node by node',
  nodes: 'show the state of every node',
  scan: 'find the pods that run on nodes where they should not',
  controller: 'keep the marks on Nodes in step with their states, as long as it runs',
  agent: 'report what this node says about its snapshotters, as long as it runs',
  inspect: 'look at the node that it runs on, and say whether its snapshotter is in order',
  certs: 'make certificates, for development or for the webhook of a cluster',
  uninstall: 'take away what soci-guard wrote into a cluster while it ran',
  demo: 'start a server over the examples, post reviews to it and show the answers',
} as const

/** The name of a command. */
export type Command = keyof typeof COMMANDS

/** The names of all commands, in the order of the help. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly Command[]

/** True when the word names a command. */
export const isCommand = (word: string): word is Command => Object.hasOwn(COMMANDS, word)
