import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'

/** A value of a YAML document. */
// biome-ignore lint/suspicious/noExplicitAny: manifests are read by the paths that Kubernetes documents, and a wrong one fails the test
export type Yaml = any

/** The folder of the manifests. */
export const MANIFESTS = resolve(import.meta.dirname, '../../manifests')

/** The objects in one file below the folder of the manifests. */
export const readManifest = (path: string): Yaml[] =>
  parseAllDocuments(readFileSync(join(MANIFESTS, path), 'utf8')).map(document => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors.join('; ')}`)
    return document.toJS()
  })

/** Every YAML file below the folder of the manifests. */
export const manifestFiles = (): string[] =>
  readdirSync(MANIFESTS, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(MANIFESTS, join(entry.parentPath, entry.name)))
    .sort()

/** The one object of a kind in the base, by name where there are several. */
export const baseObject = (kind: string, name?: string): Yaml => {
  const found = readManifest('base/kustomization.yaml')[0]
    .resources.flatMap((file: string) => readManifest(`base/${file}`))
    .filter((object: Yaml) => object.kind === kind && (name === undefined || object.metadata.name === name))
  if (found.length !== 1) throw new Error(`${found.length} objects are a ${kind} ${name ?? ''}`)
  return found[0]
}
