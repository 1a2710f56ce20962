import { isGuardError } from '../errors.ts'
import type { Output } from './io.ts'

/** Prints lines for a person who did something wrong, each with the program's name before it. */
export const printProblems = (stderr: Output, lines: readonly string[]): void => {
  for (const line of lines) stderr.write(`soci-guard: ${line}\n`)
}

/** Prints what went wrong: our own errors as their sentence, anything else as the defect it is, with its stack. */
export const printError = (stderr: Output, error: unknown): void => {
  if (isGuardError(error)) {
    printProblems(stderr, error.message.split('\n'))
    return
  }
  const found = error instanceof Error ? (error.stack ?? error.message) : String(error)
  printProblems(stderr, [`this is a defect of soci-guard, please report it: ${found}`])
}
