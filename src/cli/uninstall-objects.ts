import { ownMemberAt } from '../admission/own-member.ts'
import { deleteObject, listNames, nothingIfNotFound } from '../controller/api-objects.ts'
import { OUR_REPORTS_SELECTOR, REPORT_APIS, reportsPath } from '../controller/audit/report-api.ts'
import { shardIndex } from '../controller/blocked-nodes/shard-name.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import { readPatiently } from './cluster-pages.ts'
import { inParallel } from './in-parallel.ts'
import type { TakeLeftover } from './uninstall.ts'

/** A collection in which objects of ours may be. */
interface Collection {
  /** As kubectl names it. */
  readonly resource: string
  readonly path: string
  readonly selector?: string
  readonly isOurs?: (name: string) => boolean
}

const CERT_MANAGER_ANNOTATION = 'cert-manager.io/certificate-name'
const DELETIONS_AT_ONCE = 8
/** The Secrets that the controller makes. */
const SECRETS = ['soci-guard-ca', 'soci-guard-tls']
const GUARD_API = '/apis/soci-guard.dev/v1alpha1'

const collectionsIn = (namespace: string): Collection[] => [
  ...REPORT_APIS.map(api => ({
    resource: `${api.resource}.${api.apiVersion.split('/')[0]}`,
    path: reportsPath(api, namespace),
    selector: OUR_REPORTS_SELECTOR,
  })),
  {
    resource: 'blockednodes.soci-guard.dev',
    path: `${GUARD_API}/blockednodes`,
    isOurs: name => shardIndex(name) !== null,
  },
  { resource: 'nodesnapshotters.soci-guard.dev', path: `${GUARD_API}/nodesnapshotters` },
]

/** Finds the reports, BlockedNodes and Secrets that were made while soci-guard ran, and hands them over. */
export const removeObjects = async (impatient: ApiConnection, namespace: string, take: TakeLeftover): Promise<void> => {
  const connection: Pick<ApiConnection, 'readJson'> = {
    readJson: (path, options) => readPatiently(() => impatient.readJson(path, options)),
  }
  const takeObject = ({ resource, path }: Collection, name: string): Promise<void> =>
    take({
      what: `${resource}/${name}`,
      remove: () => deleteObject(connection, `${path}/${encodeURIComponent(name)}`),
    })

  for (const collection of collectionsIn(namespace)) {
    const { path, selector, isOurs = () => true } = collection
    const names = (await listNames(connection, path, selector)).filter(isOurs)
    await inParallel(names, DELETIONS_AT_ONCE, name => takeObject(collection, name))
  }
  const secrets = { resource: 'secret', path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets` }
  for (const name of SECRETS) {
    const secret = await connection.readJson(`${secrets.path}/${name}`).catch(nothingIfNotFound)
    // What cert-manager keeps is its own to remove.
    if (secret !== null && !isKeptByCertManager(secret)) await takeObject(secrets, name)
  }
}

const isKeptByCertManager = (secret: unknown): boolean =>
  ownMemberAt(secret, ['metadata', 'annotations', CERT_MANAGER_ANNOTATION]) !== undefined
