import type { PodFacts } from '../admission/cluster-view.ts'
import { readPodFacts } from '../admission/pod-facts.ts'
import type { Parsed, Problem } from '../errors.ts'
import { parseMetadata } from './parse-metadata.ts'

/** A pod of the inventory under its key, `namespace/name`. */
export interface InventoryPod {
  readonly name: string
  readonly facts: PodFacts
}

/** The name that a pod is kept under; an absent namespace is `default`, as kubectl has it. */
export const podKey = (namespace: string, name: string): string => `${namespace === '' ? 'default' : namespace}/${name}`

/** What is read of a Pod object, or every problem in it. */
export const parsePod = (object: unknown): Parsed<InventoryPod> => {
  const metadata = parseMetadata(object)
  if (!metadata.ok) return metadata
  const problems: Problem[] = []
  const facts = readPodFacts(object, '', problems)
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: { name: podKey(metadata.value.namespace, metadata.value.name), facts } }
}
