import { isJsonObject, ownMember } from '../admission/own-member.ts'
import type { Parsed } from '../errors.ts'
import type { RuntimeClassFacts } from '../policy/runtime-class-facts.ts'
import { parsePodConstraints } from '../scheduling/parse-pod-constraints.ts'
import { parseMetadata } from './parse-metadata.ts'
import { describeFound } from './source-object.ts'

/** What is read of a RuntimeClass object, or every problem in it. */
export const parseRuntimeClass = (object: unknown): Parsed<RuntimeClassFacts> => {
  const metadata = parseMetadata(object)
  if (!metadata.ok) return metadata
  const handler = ownMember(object, 'handler')
  if (typeof handler !== 'string') {
    return { ok: false, problems: [{ path: 'handler', message: `expected a string, found ${describeFound(handler)}` }] }
  }
  const scheduling = ownMember(object, 'scheduling') ?? {}
  if (!isJsonObject(scheduling)) {
    return {
      ok: false,
      problems: [{ path: 'scheduling', message: `expected an object, found ${describeFound(scheduling)}` }],
    }
  }
  // The two fields are a pod's own in name and meaning, so a pod's own parser reads them.
  const { nodeSelector, tolerations } = scheduling
  const constraints = parsePodConstraints({ nodeSelector, tolerations }, 'scheduling')
  if (!constraints.ok) return constraints
  return {
    ok: true,
    value: {
      name: metadata.value.name,
      handler,
      nodeSelector: constraints.value.nodeSelector,
      tolerations: constraints.value.tolerations,
    },
  }
}
