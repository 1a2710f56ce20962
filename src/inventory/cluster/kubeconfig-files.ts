import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** The environment, as the operating system gives it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Where a kubeconfig may be said to be. */
export interface KubeconfigPlace {
  /** The flag --kubeconfig. */
  readonly kubeconfig?: string | undefined
  readonly env: Environment
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

/**
 * The kubeconfig files to read, in kubectl's order: the flag, the variable KUBECONFIG (several, the first wins), ~/.kube/config
 * if it is there; [] when none is, and a pod's own credentials are to be used.
 */
export const kubeconfigFiles = async ({ kubeconfig, env }: KubeconfigPlace): Promise<string[]> => {
  if (kubeconfig !== undefined) return [kubeconfig]
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter(path => path !== '')
  // kubectl passes over files of the list that are not there, as long as one is.
  const present = await Promise.all(listed.map(exists))
  if (listed.length > 0) return present.includes(true) ? listed.filter((_, at) => present[at]) : listed.slice(0, 1)
  const home = env.HOME === undefined || env.HOME === '' ? null : join(env.HOME, '.kube', 'config')
  return home !== null && (await exists(home)) ? [home] : []
}
