import { ownMember } from '../admission/own-member.ts'
import type { Parsed } from '../errors.ts'
import { fieldOf, readObject, readString, readStringMap } from '../scheduling/json-fields.ts'
import { createProblemList } from '../scheduling/problem-list.ts'

/** What an inventory reads of any object's metadata; '' where a field is absent. */
export interface Metadata {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
}

/** The metadata of an object, or every problem in it; a name is required. */
export const parseMetadata = (object: unknown): Parsed<Metadata> => {
  const problems = createProblemList()
  const metadata = readObject(ownMember(object, 'metadata'), 'metadata', problems)
  const parsed = problems.toParsed({
    name: readString(fieldOf(metadata, 'name'), 'metadata.name', problems),
    namespace: readString(fieldOf(metadata, 'namespace'), 'metadata.namespace', problems),
    labels: readStringMap(fieldOf(metadata, 'labels'), 'metadata.labels', problems),
  })
  if (!parsed.ok || parsed.value.name !== '') return parsed
  return { ok: false, problems: [{ path: 'metadata.name', message: 'expected a name, found none' }] }
}
