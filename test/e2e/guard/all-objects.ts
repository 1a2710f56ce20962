import type { ControlPlane } from '../cluster/control-plane.ts'
import type { KubernetesObject } from '../cluster/kubernetes-object.ts'

/** What comes and goes by itself: nobody installs or removes it. */
const PASSING = new Set(['events', 'leases', 'componentstatuses', 'bindings', 'ipaddresses'])

/** Every object that the API server has, of every kind it serves, as `resource/namespace/name`; sorted. */
export async function allObjects({ admin }: ControlPlane): Promise<string[]> {
  const found: string[] = []
  for (const groupVersion of await groupVersions(admin))
    for (const { name, verbs } of (await admin.get<{ resources: Resource[] }>(groupVersion)).resources) {
      if (PASSING.has(name) || !verbs.includes('list')) continue
      const items = await admin.list<KubernetesObject>(`${groupVersion}/${name}`)
      found.push(...items.map(({ metadata }) => [name, metadata.namespace ?? '', metadata.name].join('/')))
    }
  return found.sort()
}

/** Every kind that the API server serves, as `groupVersion/resource`; sorted. */
export async function allKinds({ admin }: ControlPlane): Promise<string[]> {
  const lists = (await groupVersions(admin)).map(async groupVersion =>
    (await admin.get<{ resources: Resource[] }>(groupVersion)).resources.map(({ name }) => `${groupVersion}/${name}`),
  )
  return (await Promise.all(lists)).flat().sort()
}

interface Resource {
  name: string
  verbs: string[]
}

async function groupVersions(admin: ControlPlane['admin']): Promise<string[]> {
  const { groups } = await admin.get<{ groups: { preferredVersion: { groupVersion: string } }[] }>('/apis')
  return ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)]
}
