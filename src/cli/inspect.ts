import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { Settings } from '../config/settings.ts'
import { GuardError } from '../errors.ts'
import type { Observation } from '../report/facts/observation.ts'
import type { ExitCode } from './exit-code.ts'
import { inspectionRecord } from './inspect-record.ts'
import { formatInspection } from './inspect-text.ts'
import { type Inspection, judgeObservation } from './inspect-verdict.ts'
import { readWait } from './inspect-wait.ts'
import type { Io } from './io.ts'
import { readConfigurationOnce } from './one-time-view.ts'
import { createPalette } from './palette.ts'
import { readObservationFile } from './read-observation-file.ts'

/** `soci-guard inspect`: the verdict on the node that it runs on, or on one that was saved, with the evidence. */
export const inspect = async (settings: Settings<'inspect'>, io: Io): Promise<ExitCode> => {
  const waitMs = readWait(settings.wait)
  if (settings.replay !== undefined && waitMs > 0) {
    throw new GuardError('SOCI_GUARD_USAGE', '--wait: expected no --replay; what was saved does not change')
  }
  const configuration = await readConfigurationOnce(settings.config)
  const expectedSnapshotter = settings.expectedSnapshotter ?? configuration.expectedSnapshotter
  const judge = (observation: Observation): Inspection =>
    judgeObservation(observation, expectedSnapshotter, configuration)
  const observation =
    settings.replay === undefined
      ? await lookAtNode(settings, expectedSnapshotter, waitMs, judge)
      : await readObservationFile(settings.replay)
  if (settings.save !== undefined) await saveObservation(settings.save, observation)
  const inspection = judge(observation)
  print(inspection, settings, io)
  return inspection.verdict.state === 'Ready' ? 0 : 3
}

// What talks gRPC is loaded only where there is somebody to talk to.
const lookAtNode = async (
  { address }: Settings<'inspect'>,
  expectedSnapshotter: string,
  waitMs: number,
  judge: (observation: Observation) => Inspection,
): Promise<Observation> => {
  const { lookAtThisNode } = await import('./inspect-live.ts')
  const isReady = (observation: Observation): boolean => judge(observation).verdict.state === 'Ready'
  return lookAtThisNode({ address, expectedSnapshotter, waitMs, isReady })
}

const saveObservation = async (path: string, observation: Observation): Promise<void> => {
  try {
    // What was answered names every image and pod of the node.
    await writeFile(path, `${JSON.stringify(observation, null, 1)}\n`, { mode: 0o600 })
  } catch (cause) {
    throw new GuardError('SOCI_GUARD_FILE_UNREADABLE', `--save ${path}: could not be written: ${cause}`, { cause })
  }
}

const print = (inspection: Inspection, { output, color }: Settings<'inspect'>, io: Io): void => {
  const { stdout, env } = io
  if (output === 'json') stdout.write(`${JSON.stringify(inspectionRecord(inspection), null, 2)}\n`)
  else if (output === 'yaml') stdout.write(stringify(inspectionRecord(inspection)))
  else stdout.write(formatInspection(inspection, createPalette(stdout, env, color), stdout.columns ?? 100))
}
