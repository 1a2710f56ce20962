// The pods of an inventory file, and what made them as far as the file holds that too.

import { ownMember } from '../admission/own-member.ts'
import { GuardError, type Problem } from '../errors.ts'
import { readManifestFiles } from '../inventory/manifest-files.ts'
import { parseDocuments } from '../inventory/parse-documents.ts'
import { objectsOf, type SourceObject } from '../inventory/source-object.ts'
import { controllerOf, groupOf, type Owner } from '../scan/owner.ts'
import { readScannedPod, type ScannedPod } from '../scan/scanned-pod.ts'
import { matchesTextSelector, type TextSelector } from '../scheduling/parse-selector-text.ts'
import type { PodChoice } from './cluster-pods.ts'
import type { ReadController } from './owner-lookup.ts'

/** What a scan reads of an inventory file. */
export interface ScannedFile {
  readonly pods: readonly ScannedPod[]
  readonly readController: ReadController
}

const keyOf = (kind: string, group: string, namespace: unknown, name: unknown): string =>
  [kind, group, typeof namespace === 'string' && namespace !== '' ? namespace : 'default', name].join('\n')

const controllersOf = (objects: readonly SourceObject[]): ReadController => {
  const references = new Map<string, unknown>()
  for (const { kind, apiVersion, value } of objects) {
    if (kind !== 'ReplicaSet' && kind !== 'Job') continue
    const metadata = ownMember(value, 'metadata')
    const key = keyOf(kind, groupOf(apiVersion), ownMember(metadata, 'namespace'), ownMember(metadata, 'name'))
    references.set(key, ownMember(metadata, 'ownerReferences'))
  }
  return async (namespace, { kind, apiVersion, name }: Owner) => {
    const key = keyOf(kind, groupOf(apiVersion), namespace, name)
    // What a file leaves out is as good as hidden, so names have to tell.
    return references.has(key) ? controllerOf(references.get(key)) : 'unknown'
  }
}

const readPod = ({ value }: SourceObject): ScannedPod => {
  const problems: Problem[] = []
  const pod = readScannedPod(value, problems)
  if (problems.length === 0) return pod
  const lines = problems.map(({ path, message }) => `Pod ${pod.namespace}/${pod.name}: ${path}: ${message}`)
  throw new GuardError('SOCI_GUARD_INVENTORY_INVALID', lines.join('\n'))
}

/** The chosen pods of a file or folder that has been accepted as an inventory already. */
export const readScannedFile = async (
  path: string,
  choice: Omit<PodChoice, 'selector'> & { readonly selector: TextSelector },
): Promise<ScannedFile> => {
  const texts = await readManifestFiles(path)
  const objects = texts.flatMap(({ text }) => objectsOf(parseDocuments(text).documents).objects)
  const isChosen = ({ isOver, node, namespace, facts }: ScannedPod): boolean =>
    !isOver &&
    choice.nodes.has(node) &&
    (choice.namespace === undefined || choice.namespace === namespace) &&
    matchesTextSelector(choice.selector, facts.labels)
  const pods = objects
    .filter(({ kind, apiVersion }) => kind === 'Pod' && groupOf(apiVersion) === '')
    .map(readPod)
    .filter(isChosen)
  return { pods, readController: controllersOf(objects) }
}
