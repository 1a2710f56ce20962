/**
 * What a command's exit code says: 0 yes (allowed, done, Ready), 1 no (denied), 2 it could not be told (usage, a bad file, no
 * connection), 3 the node is in another state than Ready.
 */
export type ExitCode = 0 | 1 | 2 | 3
