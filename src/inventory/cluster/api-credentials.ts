// What to show the API server, from client-node's KubeConfig: certificates and CA as an agent, tokens as headers. Everything is
// read anew every few seconds, so that rotated files are seen, and at once when the API server refuses us.

import { Agent, type RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { GuardError, isGuardError } from '../../errors.ts'

/** How to reach the API server and who to say we are, at one moment. */
export interface ApiCredentials {
  /** For example https://10.96.0.1:443, without a slash at the end; may have a path. */
  readonly server: string
  readonly agent: Agent
  readonly headers: Readonly<Record<string, string>>
}

/** The credentials of a configuration, kept current. */
export interface CredentialSource {
  /** Rejects with a GuardError when they cannot be read, or a plugin fails. */
  current(): Promise<ApiCredentials>
  /** Forgets everything, the answers of plugins too: the next call loads the configuration again. */
  renew(): void
  close(): void
}

/** What a credential source needs. */
export interface CredentialSourceOptions {
  readonly load: () => Promise<KubeConfig>
  readonly nowMs: () => number
}

const READ_ANEW_AFTER_MS = 10_000

/** Credentials read when they are first asked for; agents, and with them connections, change only when the TLS material does. */
export const createCredentialSource = ({ load, nowMs }: CredentialSourceOptions): CredentialSource => {
  let config: Promise<KubeConfig> | undefined
  let known: { readonly credentials: Promise<ApiCredentials>; readonly atMs: number } | undefined
  let kept: { readonly material: string; readonly agent: Agent } | undefined

  const agentFor = (options: RequestOptions): Agent => {
    const { ca, cert, key, passphrase, servername, rejectUnauthorized } = options
    const tls = { ca, cert, key, passphrase, servername, rejectUnauthorized }
    const material = JSON.stringify(tls, (_, value) => (Buffer.isBuffer(value) ? value.toString('base64') : value))
    if (kept?.material === material) return kept.agent
    // Watches that run on the old agent's connections go on: only idle ones are closed.
    closeIdle(kept?.agent)
    kept = { material, agent: new Agent({ ...defined(tls), keepAlive: true, scheduling: 'lifo' }) }
    return kept.agent
  }

  const read = async (): Promise<ApiCredentials> => {
    config ??= load()
    try {
      const loaded = await config
      const options: RequestOptions = {}
      await loaded.applyToHTTPSOptions(options)
      const server = serverOf(loaded)
      // The way through a proxy is client-node's own.
      const proxied = loaded.getCurrentCluster()?.proxyUrl ? (options.agent as Agent) : undefined
      return { server, agent: proxied ?? agentFor(options), headers: headersOf(options) }
    } catch (error) {
      config = undefined
      known = undefined
      throw isGuardError(error) ? error : unusable(error)
    }
  }

  return {
    current: () => {
      if (known === undefined || nowMs() - known.atMs > READ_ANEW_AFTER_MS) {
        known = { credentials: read(), atMs: nowMs() }
      }
      return known.credentials
    },
    renew: () => {
      config = undefined
      known = undefined
    },
    close: () => kept?.agent.destroy(),
  }
}

const closeIdle = (agent: Agent | undefined): void => {
  for (const sockets of Object.values(agent?.freeSockets ?? {})) for (const socket of sockets ?? []) socket.destroy()
}

// An option that is there but undefined would hide the agent's own default.
const defined = (options: object): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null))

const serverOf = (config: KubeConfig): string => {
  const server = config.getCurrentCluster()?.server ?? ''
  if (!URL.canParse(server) || new URL(server).protocol !== 'https:') {
    throw new GuardError(
      'SOCI_GUARD_KUBECONFIG',
      `the cluster's server is ${JSON.stringify(server)}; expected an https:// address`,
    )
  }
  return server.replace(/\/+$/, '')
}

const headersOf = ({ headers, auth }: RequestOptions): Record<string, string> => {
  const entries = Object.entries({ ...(headers as Record<string, unknown>) })
  // A token file may end in a line feed, which no header may.
  const own = Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value).trim()]))
  return auth ? { ...own, authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : own
}

const unusable = (error: unknown): GuardError => {
  const said = (error instanceof Error ? error.message : String(error)).trim().slice(0, 500)
  const message = `the credentials of the kubeconfig cannot be used: ${said === '' ? 'its plugin failed without a word' : said}`
  return new GuardError('SOCI_GUARD_KUBECONFIG', message, { cause: error })
}
