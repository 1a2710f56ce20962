import { compileShape } from '../admission/json-shape.ts'
import { nothingIfNotFound } from '../controller/api-objects.ts'
import { failedRequest } from '../controller/failed-request.ts'
import { conditionPatch, taintAndLabelPatch } from '../controller/nodes/mark-patches.ts'
import { GuardError } from '../errors.ts'
import type { ApiConnection } from '../inventory/cluster/api-connection.ts'
import type { NodeFacts } from '../policy/node-facts.ts'
import { parseNodeFacts } from '../policy/parse-node-facts.ts'
import { readFromBeginning, readPages, readPatiently } from './cluster-pages.ts'
import { inParallel } from './in-parallel.ts'
import type { TakeLeftover } from './uninstall.ts'

const NODES = '/api/v1/nodes'
const NODE = {
  kind: true,
  metadata: { name: true, uid: true, labels: true },
  spec: { taints: [{ key: true, value: true, effect: true }] },
  status: { conditions: [{ type: true, status: true, reason: true, message: true }] },
} as const
const PAGE_SHAPE = compileShape({ metadata: { continue: true }, items: [NODE] })
const RESOURCE = { group: '', resource: 'nodes', verbs: ['get', 'list', 'patch'] } as const
const NODES_AT_ONCE = 8
const MAX_TRIES = 5

/** Finds taint, label and condition of ours on every Node and hands them over, node by node; tells how many nodes there are. */
export const removeMarks = async (connection: ApiConnection, take: TakeLeftover): Promise<number> => {
  const { count, marked } = await readFromBeginning(() => markedNodes(connection))
  await inParallel(marked, NODES_AT_ONCE, facts =>
    take({ what: `node/${facts.name}: ${marksOn(facts).join(', ')}`, remove: () => clear(connection, facts) }),
  )
  return count
}

// Only nodes with marks are kept.
const markedNodes = async (connection: ApiConnection): Promise<{ count: number; marked: NodeFacts[] }> => {
  const marked: NodeFacts[] = []
  let count = 0
  for await (const items of readPages(connection, { path: NODES, pageShape: PAGE_SHAPE, resource: RESOURCE })) {
    for (const item of items) {
      count += 1
      const facts = factsOf(item)
      if (marksOn(facts).length > 0) marked.push(facts)
    }
  }
  return { count, marked }
}

const factsOf = (object: unknown): NodeFacts => {
  const parsed = parseNodeFacts(object)
  if (parsed.ok) return parsed.value
  const problems = parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new GuardError('SOCI_GUARD_API_UNEXPECTED', `GET ${NODES}: ${problems}`)
}

const marksOn = (facts: NodeFacts): string[] => [
  ...(taintAndLabelPatch(facts, { taint: null, label: undefined }) ? ['taint'] : []),
  ...(taintAndLabelPatch(facts, { taint: undefined, label: null }) ? ['label'] : []),
  ...(facts.snapshotterReady === undefined ? [] : ['condition']),
]

// Every patch is refused when the Node is no longer as it was read; then it is read again.
const clear = async (connection: ApiConnection, facts: NodeFacts): Promise<void> => {
  const path = `${NODES}/${encodeURIComponent(facts.name)}`
  for (let tries = 1, node = facts; ; tries++) {
    try {
      return await patch(connection, path, node)
    } catch (error) {
      const { statusCode } = failedRequest(error)
      if (statusCode === 404) return
      if ((statusCode !== 409 && statusCode !== 422) || tries === MAX_TRIES) throw error
    }
    const found = await readPatiently(() => connection.readJson(path)).catch(nothingIfNotFound)
    if (found === null) return
    node = factsOf(found)
  }
}

const patch = async (connection: ApiConnection, path: string, facts: NodeFacts): Promise<void> => {
  const marks = taintAndLabelPatch(facts, { taint: null, label: null })
  if (marks !== null) await send(connection, path, 'application/json-patch+json', marks)
  const condition = conditionPatch(facts, null, '')
  if (condition !== null) {
    await send(connection, `${path}/status`, 'application/strategic-merge-patch+json', condition)
  }
}

const send = (connection: ApiConnection, path: string, contentType: string, body: unknown): Promise<unknown> =>
  readPatiently(() =>
    connection.readJson(`${path}?fieldManager=soci-guard-uninstall`, {
      method: 'PATCH',
      contentType,
      body: JSON.stringify(body),
      resource: path.endsWith('/status')
        ? { group: '', resource: 'nodes/status', verbs: ['patch'] }
        : { ...RESOURCE, verbs: ['patch'] },
    }),
  )
