import { describeJson } from '../admission/json-fields.ts'
import { ownMember } from '../admission/own-member.ts'
import type { Parsed } from '../errors.ts'
import type { RuntimeClassFacts } from '../policy/runtime-class-facts.ts'
import { parseRuntimeClassScheduling } from '../scheduling/parse-runtime-class-scheduling.ts'
import { parseMetadata } from './parse-metadata.ts'

/** What is read of a RuntimeClass object, or every problem in it. */
export const parseRuntimeClass = (object: unknown): Parsed<RuntimeClassFacts> => {
  const metadata = parseMetadata(object)
  if (!metadata.ok) return metadata
  const handler = ownMember(object, 'handler')
  if (typeof handler !== 'string') {
    return { ok: false, problems: [{ path: 'handler', message: `expected a string, found ${describeJson(handler)}` }] }
  }
  const scheduling = parseRuntimeClassScheduling(ownMember(object, 'scheduling'), 'scheduling')
  return scheduling.ok ? { ok: true, value: { name: metadata.value.name, handler, ...scheduling.value } } : scheduling
}
