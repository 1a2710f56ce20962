import { isJsonObject, ownMember } from '../admission/own-member.ts'
import type { Parsed, Problem } from '../errors.ts'
import { describeFound } from './source-object.ts'

/** What an inventory reads of any object's metadata; '' where a field is absent. */
export interface Metadata {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
}

const readText = (metadata: unknown, key: string, problems: Problem[]): string => {
  const value = ownMember(metadata, key) ?? ''
  if (typeof value === 'string') return value
  problems.push({ path: `metadata.${key}`, message: `expected a string, found ${describeFound(value)}` })
  return ''
}

const readLabels = (metadata: unknown, problems: Problem[]): Record<string, string> => {
  const labels = ownMember(metadata, 'labels') ?? {}
  if (!isJsonObject(labels)) {
    problems.push({ path: 'metadata.labels', message: `expected an object of strings, found ${describeFound(labels)}` })
    return {}
  }
  const wrong = Object.entries(labels).filter(([, text]) => typeof text !== 'string')
  for (const [name, text] of wrong) {
    problems.push({
      path: `metadata.labels[${JSON.stringify(name)}]`,
      message: `expected a string, found ${describeFound(text)}`,
    })
  }
  return labels as Record<string, string>
}

/** The metadata of an object, or every problem in it; a name is required. */
export const parseMetadata = (object: unknown): Parsed<Metadata> => {
  const metadata = ownMember(object, 'metadata')
  if (!isJsonObject(metadata)) {
    return {
      ok: false,
      problems: [{ path: 'metadata', message: `expected an object, found ${describeFound(metadata)}` }],
    }
  }
  const problems: Problem[] = []
  const value = {
    name: readText(metadata, 'name', problems),
    namespace: readText(metadata, 'namespace', problems),
    labels: readLabels(metadata, problems),
  }
  if (problems.length === 0 && value.name === '')
    problems.push({ path: 'metadata.name', message: 'expected a name, found nothing' })
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems }
}
