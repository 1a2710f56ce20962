import { readFile } from 'node:fs/promises'
import { GuardError } from '../errors.ts'
import { CALLS } from '../report/facts/calls.ts'
import type { Observation } from '../report/facts/observation.ts'

/** The observation that `inspect --save` wrote, or a GuardError that says what is wrong with the file. */
export const readObservationFile = async (path: string): Promise<Observation> => {
  const value = parse(await readText(path), path)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(
      path,
      `expected an object from call to answer, found ${Array.isArray(value) ? 'a list' : typeof value}`,
    )
  }
  // A verdict on somebody's package.json would be "could not tell", which sounds as if there had been a node.
  if (!Object.values(CALLS).some(call => Object.hasOwn(value, call))) {
    throw invalid(
      path,
      `expected answers to calls such as ${CALLS.plugins}, found none; inspect --save writes such a file`,
    )
  }
  return value as Observation
}

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new GuardError('SOCI_GUARD_FILE_UNREADABLE', `--replay ${path}: could not be read: ${cause}`, { cause })
  }
}

const parse = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid(path, `expected JSON: ${cause}`)
  }
}

const invalid = (path: string, message: string): GuardError =>
  new GuardError('SOCI_GUARD_OBSERVATION_INVALID', `--replay ${path}: ${message}`)
