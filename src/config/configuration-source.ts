import { readFile } from 'node:fs/promises'
import { getSystemErrorMessage } from 'node:util'
import { GuardError } from '../errors.ts'
import { lookRegularly } from '../look-regularly.ts'
import type { GuardConfiguration } from '../policy/configuration.ts'
import { isSystemError } from '../system-error.ts'
import { DEFAULT_CONFIGURATION } from './default-configuration.ts'

/** What a configuration source needs, and whom it tells; the watch ends with the signal. */
export interface ConfigurationSourceOptions {
  /** undefined = no file: the defaults, and nothing to watch. */
  readonly path: string | undefined
  readonly pollMs: number
  /** Called with each good configuration after the first, and again with the last good one when a failure is over. */
  readonly onChange: (configuration: GuardConfiguration) => void
  /** Called once for each failure, not once for each look at it; the last good configuration stays. */
  readonly onError: (error: unknown) => void
  readonly signal: AbortSignal
}

/** Where the configuration comes from. */
export interface ConfigurationSource {
  /** The first configuration, or a GuardError with every problem, one a line; from then on the file is watched. */
  load(): Promise<GuardConfiguration>
}

/** A source of the configuration in the file that takes good edits and keeps the last good one in the face of a bad one. */
export const createConfigurationSource = (options: ConfigurationSourceOptions): ConfigurationSource => {
  const { path, pollMs, onChange, onError, signal } = options
  if (path === undefined) return { load: async () => DEFAULT_CONFIGURATION }
  let seen: { text: string; configuration: GuardConfiguration } | undefined

  const look = async (failedBefore: boolean): Promise<void> => {
    const text = await readConfigurationFile(path)
    if (signal.aborted || (text === seen?.text && !failedBefore)) return
    seen = text === seen?.text ? seen : { text, configuration: await parse(text, path) }
    onChange(seen.configuration)
  }

  return {
    load: async () => {
      const text = await readConfigurationFile(path)
      const configuration = await parse(text, path)
      seen = { text, configuration }
      void lookRegularly({ pollMs, look, onError, signal })
      return configuration
    },
  }
}

const parse = async (text: string, path: string): Promise<GuardConfiguration> => {
  // The schema validator takes a while to load, and a process without a configuration file never needs it.
  const { parseGuardConfiguration } = await import('./parse-guard-configuration.ts')
  const parsed = parseGuardConfiguration(text, path)
  if (parsed.ok) return parsed.value
  const message = parsed.problems.map(problem => `${problem.path}: ${problem.message}`).join('\n')
  throw new GuardError('SOCI_GUARD_CONFIGURATION_INVALID', message)
}

const readConfigurationFile = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    const message = `cannot read the configuration ${path}: ${getSystemErrorMessage(error.errno)}`
    throw new GuardError('SOCI_GUARD_FILE_UNREADABLE', message, { cause: error })
  }
}
