import type { Api, ApiAnswer } from '../cluster/api.ts'
import { PROBE_POD } from '../guard/install-guard.ts'

/** What became of a dry-run bind: our yes or no, or a failure with the API server's words. */
export type BindOutcome = 'allow' | 'deny' | { failure: string }

const DENIED = 'admission webhook "bindings.soci-guard.dev" denied the request'

/** Asks for a dry-run bind of the probe pod. */
export async function bindOutcome(api: Api, node: string): Promise<BindOutcome> {
  try {
    return outcomeOf(await api.dryRunBind('default', PROBE_POD, node))
  } catch (error) {
    return { failure: (error as Error).message }
  }
}

function outcomeOf({ status, body }: ApiAnswer): BindOutcome {
  if (status === 201) return 'allow'
  const message = (body as { message?: string } | null)?.message ?? String(body)
  return status === 403 && message.startsWith(DENIED) ? 'deny' : { failure: `${status} ${message}` }
}
