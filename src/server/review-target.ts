import type { Webhook } from '../admission/outcome.ts'
import type { Parsed } from '../errors.ts'
import { parseTimeout } from './parse-timeout.ts'

/** What a request's URL asks for: which webhook, and how long its caller will wait. */
export interface ReviewTarget {
  readonly webhook: Webhook
  readonly timeoutMs: number
}

/** The path of each webhook, as the ValidatingWebhookConfiguration names it. */
export const REVIEW_PATHS: Readonly<Record<Webhook, string>> = {
  bindings: '/validate/bindings',
  pods: '/validate/pods',
  advisory: '/validate/advisory',
}

const WEBHOOK_OF_PATH: ReadonlyMap<string, Webhook> = new Map(
  (Object.keys(REVIEW_PATHS) as Webhook[]).map(webhook => [REVIEW_PATHS[webhook], webhook]),
)

/** The webhook that a URL path names, to the letter; undefined for any other path. */
export const webhookOfPath = (path: string): Webhook | undefined => WEBHOOK_OF_PATH.get(path)

/** The path of a request's URL, without the query. */
export const pathOf = (url: string): string => {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

// An API server sends one URL per webhook and timeout for ever; the bound keeps strangers' URLs from filling memory.
const MAX_KNOWN_URLS = 64

/** Reads targets from URLs and remembers the few that come again and again; undefined = no such path. */
export const createTargetReader = (): ((url: string) => Parsed<ReviewTarget> | undefined) => {
  const known = new Map<string, Parsed<ReviewTarget>>()
  return url => {
    const remembered = known.get(url)
    if (remembered !== undefined) return remembered
    const target = readTarget(url)
    if (target?.ok && known.size < MAX_KNOWN_URLS) known.set(url, target)
    return target
  }
}

const readTarget = (url: string): Parsed<ReviewTarget> | undefined => {
  const path = pathOf(url)
  const webhook = webhookOfPath(path)
  if (webhook === undefined) return undefined
  const timeout = parseTimeout(new URLSearchParams(url.slice(path.length)).get('timeout'))
  return timeout.ok ? { ok: true, value: { webhook, timeoutMs: timeout.value } } : timeout
}
