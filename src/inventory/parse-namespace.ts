import { ownMember } from '../admission/own-member.ts'
import type { Parsed } from '../errors.ts'
import { NAMESPACE_MODE_LABEL } from '../policy/effective-mode.ts'
import { parseMetadata } from './parse-metadata.ts'

/** What an inventory reads of a Namespace: the value of its label soci-guard.dev/mode, undefined without one. */
export interface NamespaceFacts {
  readonly name: string
  readonly modeLabel: string | undefined
}

/** What is read of a Namespace object, or every problem in it. */
export const parseNamespace = (object: unknown): Parsed<NamespaceFacts> => {
  const metadata = parseMetadata(object)
  if (!metadata.ok) return metadata
  const label = ownMember(metadata.value.labels, NAMESPACE_MODE_LABEL)
  return { ok: true, value: { name: metadata.value.name, modeLabel: typeof label === 'string' ? label : undefined } }
}
