/** What a command's exit code says: 0 yes (allowed, done), 1 no (denied), 2 it could not be told (usage, a bad file). */
export type ExitCode = 0 | 1 | 2
