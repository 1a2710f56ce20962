import { ownMemberAt } from '../admission/own-member.ts'
import { type PodTemplate, readTemplate } from '../admission/pod-template.ts'
import { isGuardError, type Problem } from '../errors.ts'
import { type PlacedProblem, placeProblems } from '../inventory/format-problems.ts'
import { readManifestFiles } from '../inventory/manifest-files.ts'
import { parseDocuments } from '../inventory/parse-documents.ts'
import { stepsOf } from '../inventory/problem-path.ts'
import { objectsOf, type SourceObject } from '../inventory/source-object.ts'

/** An object to predict for; `template` is null when it bears no pods. */
export interface CheckSubject {
  readonly kind: string
  /** '' when the object does not say. */
  readonly namespace: string
  readonly name: string
  readonly template: PodTemplate | null
}

/** What the files hold, in their order, and everything that kept an object from being read. */
export interface CheckSubjects {
  readonly subjects: readonly CheckSubject[]
  readonly problems: readonly Problem[]
}

interface Text {
  readonly path: string
  readonly text: string
}

const STANDARD_INPUT = '-'

const readAll = async (stdin: AsyncIterable<Buffer | string>): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

const textsOf = async (path: string, stdin: AsyncIterable<Buffer | string>): Promise<Text[]> =>
  path === STANDARD_INPUT ? [{ path: 'standard input', text: await readAll(stdin) }] : readManifestFiles(path)

const nameAt = (object: SourceObject, key: string): string => {
  const value = ownMemberAt(object.value, ['metadata', key])
  return typeof value === 'string' ? value : ''
}

const subjectOf = (object: SourceObject, file: string, problems: PlacedProblem[]): CheckSubject[] => {
  const template = readTemplate(object.value)
  if (template !== null && !template.ok) {
    const { document, path } = object
    const placed = template.problems.map(problem => {
      const whole = [...path, ...stepsOf(problem.path)]
      return {
        file,
        document: document.number,
        line: () => document.lineOf(whole),
        path: whole,
        message: problem.message,
      }
    })
    problems.push(...placed)
    return []
  }
  return [
    {
      kind: object.kind,
      namespace: nameAt(object, 'namespace'),
      name: nameAt(object, 'name') || nameAt(object, 'generateName'),
      template: template === null ? null : template.value,
    },
  ]
}

const subjectsOf = ({ path: file, text }: Text, problems: PlacedProblem[]): CheckSubject[] => {
  const source = parseDocuments(text)
  const { objects, problems: wrong } = objectsOf(source.documents)
  problems.push(
    ...source.problems.map(problem => ({ ...problem, file })),
    ...wrong.map(({ document, path, message }) => ({
      ...{ file, path, message },
      document: document.number,
      line: () => document.lineOf(path),
    })),
  )
  const subjects = objects.flatMap(object => subjectOf(object, file, problems))
  if (objects.length === 0 && source.problems.length === 0 && wrong.length === 0) {
    problems.push({ file, document: 1, line: () => 1, path: [], message: 'expected Kubernetes objects, found none' })
  }
  return subjects
}

/** Every object of the files, folders and `-` (standard input); a bad one does not hide the good ones around it. */
export const readCheckSubjects = async (
  paths: readonly string[],
  stdin: AsyncIterable<Buffer | string>,
): Promise<CheckSubjects> => {
  const subjects: CheckSubject[] = []
  const unreadable: Problem[] = []
  const problems: PlacedProblem[] = []
  for (const path of paths) {
    try {
      for (const text of await textsOf(path, stdin)) subjects.push(...subjectsOf(text, problems))
    } catch (error) {
      if (!isGuardError(error)) throw error
      unreadable.push({ path: '', message: error.message })
    }
  }
  return { subjects, problems: [...unreadable, ...placeProblems(problems)] }
}
