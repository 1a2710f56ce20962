import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Api } from '../cluster/api.ts'
import { type VolumeFile, writeAtomicFolder } from './atomic-folder.ts'
import { resolveFieldRef } from './field-ref.ts'
import { readKeys } from './object-reader.ts'
import type { KeySelection, Pod, ProjectedSource, Volume } from './pod.ts'
import { type BoundToken, requestToken } from './service-account-token.ts'

/** The volumes of one pod, as folders that containers mount. */
export interface PodVolumes {
  /** The folder behind a volume's name; throws for a name the pod does not declare. */
  folderOf(name: string): string
  /** Writes all folders as they must be now; changes only those whose content changed. */
  sync(): Promise<void>
}

/** Makes the volumes of a pod below a folder; nothing is written before the first `sync`. */
export function createPodVolumes(api: Api, pod: Pod, podIP: string, folder: string): PodVolumes {
  const volumes = pod.spec.volumes ?? []
  const written = new Map<string, string>()
  const tokens = new Map<string, BoundToken>()
  const folderOf = (name: string) => {
    const volume = volumes.find(candidate => candidate.name === name)
    if (!volume) throw new Error(`pod ${pod.metadata.name} declares no volume ${name}`)
    return volume.hostPath?.path ?? join(folder, name)
  }
  const token = async (source: NonNullable<ProjectedSource['serviceAccountToken']>, key: string) => {
    const held = tokens.get(key)
    const fresh = held && held.renewAtMs > Date.now() ? held : await requestToken(api, pod, source, Date.now())
    tokens.set(key, fresh)
    return Buffer.from(fresh.token)
  }
  const syncOne = async (volume: Volume) => {
    const files = new Map<string, VolumeFile>()
    for (const [index, source] of sourcesOf(volume).entries())
      for (const [path, file] of await filesOf(source, `${volume.name}/${index}`)) files.set(path, file)
    const fingerprint = JSON.stringify([...files])
    if (written.get(volume.name) === fingerprint) return
    writeAtomicFolder(folderOf(volume.name), files)
    written.set(volume.name, fingerprint)
  }
  const filesOf = async ({ source, defaultMode }: ModedSource, key: string): Promise<[string, VolumeFile][]> => {
    const namespace = pod.metadata.namespace ?? 'default'
    const owner = ownerOf(pod)
    const file = (content: Buffer, mode = defaultMode): VolumeFile => ({
      content,
      uid: 0,
      gid: owner.gid,
      mode: mode | owner.more,
    })
    if (source.serviceAccountToken) {
      const content = await token(source.serviceAccountToken, key)
      return [[source.serviceAccountToken.path, { content, ...owner.token }]]
    }
    if (source.downwardAPI)
      return source.downwardAPI.items.map(({ path, fieldRef }) => [
        path,
        file(Buffer.from(resolveFieldRef(pod, podIP, fieldRef?.fieldPath ?? ''))),
      ])
    const kind = source.configMap ? 'configmap' : 'secret'
    const selection = source.configMap ?? source.secret
    if (!selection) throw new Error(`projected source ${Object.keys(source).join()} is not known to the test kubelet`)
    const keys = await readKeys(api, kind, namespace, selection.name, selection.optional ?? false)
    return selectKeys(keys, selection).map(({ path, content, mode }) => [path, file(content, mode ?? defaultMode)])
  }
  return {
    folderOf,
    sync: async () => {
      for (const volume of volumes) {
        if (volume.emptyDir) makeEmptyDir(folderOf(volume.name), ownerOf(pod).gid)
        else if (!volume.hostPath) await syncOne(volume)
      }
    },
  }
}

interface ModedSource {
  source: ProjectedSource
  defaultMode: number
}

function sourcesOf({ configMap, secret, downwardAPI, projected }: Volume): ModedSource[] {
  if (configMap) return [{ source: { configMap }, defaultMode: configMap.defaultMode ?? 0o644 }]
  if (secret)
    return [{ source: { secret: { ...secret, name: secret.secretName } }, defaultMode: secret.defaultMode ?? 0o644 }]
  if (downwardAPI) return [{ source: { downwardAPI }, defaultMode: downwardAPI.defaultMode ?? 0o644 }]
  return (projected?.sources ?? []).map(source => ({ source, defaultMode: projected?.defaultMode ?? 0o644 }))
}

function selectKeys(keys: ReadonlyMap<string, Buffer>, { items, optional }: KeySelection) {
  if (!items) return [...keys].map(([path, content]) => ({ path, content, mode: undefined }))
  return items.flatMap(({ key, path, mode }) => {
    const content = keys.get(key)
    if (content === undefined && !optional) throw new Error(`references non-existent secret or config key: ${key}`)
    return content === undefined ? [] : [{ path, content, mode }]
  })
}

/** With an fsGroup files belong to it and it may read them; a token is else only for the pod's one user (projected.go). */
function ownerOf({ spec }: Pod) {
  const gid = spec.securityContext?.fsGroup
  const uid = spec.securityContext?.runAsUser ?? spec.containers[0]?.securityContext?.runAsUser
  const tokenMode = gid !== undefined ? 0o640 : uid !== undefined ? 0o600 : 0o644
  return {
    gid: gid ?? 0,
    more: gid === undefined ? 0 : 0o440,
    token: { uid: gid === undefined ? (uid ?? 0) : 0, gid: gid ?? 0, mode: tokenMode },
  }
}

function makeEmptyDir(folder: string, gid: number): void {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o2777)
  chownSync(folder, 0, gid)
}
