import { stringify } from 'yaml'
import { type Prediction, predict } from '../admission/predict.ts'
import type { Settings } from '../config/settings.ts'
import { formatPrediction, formatSkipped } from './check-lines.ts'
import { type CheckSubject, readCheckSubjects } from './check-subjects.ts'
import { readNamespace, readView } from './cluster-source.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { createPalette } from './palette.ts'
import { printProblems } from './print-error.ts'

/** One pod-bearing object of `check -o json`: stable, since scripts read it. `nodes` is there with --explain. */
export interface CheckRecord {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly verdict: Prediction['verdict']
  readonly message: string
  readonly nodes?: Prediction['nodes']
}

interface Checked {
  readonly subject: CheckSubject
  readonly prediction: Prediction
}

/** `soci-guard check`: what would become of the pods of manifests; 1 when one is denied, 2 when one could not be read. */
export const check = async (settings: Settings<'check'>, io: Io): Promise<ExitCode> => {
  const { subjects, problems } = await readCheckSubjects(settings.files, io.stdin)
  const namespace = await readNamespace(settings, io)
  const view = await readView(settings, ['nodes', 'reports', 'namespaces', 'runtimeclasses'], io)
  const palette = createPalette(io.stdout, io.env, settings.color)
  const checked: Checked[] = []
  const lines: string[] = []
  for (const subject of subjects.map(one => inNamespace(one, namespace))) {
    if (subject.template === null) {
      lines.push(formatSkipped(subject, palette))
      continue
    }
    const prediction = predict(subject.template, view, { explain: settings.explain })
    checked.push({ subject, prediction })
    lines.push(formatPrediction(subject, prediction, palette))
  }
  print(settings, io, checked, lines)
  printProblems(
    io.stderr,
    problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
  )
  if (problems.length > 0) return 2
  return checked.some(({ prediction }) => prediction.verdict === 'deny') ? 1 : 0
}

const inNamespace = (subject: CheckSubject, namespace: string): CheckSubject => {
  if (subject.namespace !== '') return subject
  return { ...subject, namespace, template: subject.template && { ...subject.template, namespace } }
}

const print = (settings: Settings<'check'>, io: Io, checked: readonly Checked[], lines: readonly string[]): void => {
  const records = checked.map(one => record(one, settings.explain))
  if (settings.output === 'json') for (const one of records) io.stdout.write(`${JSON.stringify(one)}\n`)
  else if (settings.output === 'yaml') {
    for (const one of records) io.stdout.write(`---\n${stringify(one)}`)
  } else for (const line of lines) io.stdout.write(line)
}

const record = ({ subject, prediction }: Checked, explain: boolean): CheckRecord => ({
  kind: subject.kind,
  namespace: subject.namespace,
  name: subject.name,
  verdict: prediction.verdict,
  message: prediction.message,
  ...(explain ? { nodes: prediction.nodes } : {}),
})
