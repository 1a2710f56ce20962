import type { PodFacts } from '../../admission/cluster-view.ts'
import { scanWanted } from '../../admission/json-pick-fast.ts'
import { compileShape } from '../../admission/json-shape.ts'
import { GuardError } from '../../errors.ts'
import { parsePod } from '../parse-pod.ts'
import type { ApiConnection } from './api-connection.ts'
import { hasStatus } from './api-error.ts'

const POD_SHAPE = compileShape({
  metadata: { name: true, namespace: true, uid: true, labels: true, annotations: true },
  spec: { runtimeClassName: true },
})

const RESOURCE = { group: '', resource: 'pods', verbs: ['get'] } as const
const DEADLINE_MS = 3000

/** The facts of one pod, undefined when there is none; rejects with a GuardError when the API server cannot tell in time. */
export const readLivePod = async (
  connection: ApiConnection,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<PodFacts | undefined> => {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`
  const body = await connection.readBody(path, { resource: RESOURCE, deadlineMs: DEADLINE_MS, signal }).catch(error => {
    if (hasStatus(error, 404)) return undefined
    throw hasStatus(error, 403) ? whoMayNot(error) : error
  })
  if (body === undefined) return undefined
  const picked = scanWanted(body, POD_SHAPE)
  const parsed = picked?.ok ? parsePod(picked.value) : undefined
  if (parsed?.ok) return parsed.value.facts
  const problems = parsed?.problems.map(problem => `${problem.path}: ${problem.message}`).join('; ') ?? 'it is not JSON'
  throw new GuardError('SOCI_GUARD_API_UNEXPECTED', `GET ${path}: ${problems}`)
}

// A denial carries this to whoever made the pod; the commands that grant the right, after the semicolon, are not for them.
const whoMayNot = (refusal: Error): GuardError =>
  new GuardError('SOCI_GUARD_API_FORBIDDEN', refusal.message.split('; ', 1)[0] ?? refusal.message, { cause: refusal })
