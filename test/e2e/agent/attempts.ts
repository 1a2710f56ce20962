import type { Api, ApiAnswer } from '../cluster/api.ts'
import type { KubernetesObject } from '../cluster/kubernetes-object.ts'
import { REPORTS, reportObject } from '../cluster/reports.ts'
import type { AgentSeat } from './agent-cluster.ts'

const APPLY = 'application/apply-patch+yaml'
const MANAGER = '?fieldManager=soci-guard-agent&force=true'

/** The report of a seat's agent, with the changes; `sequence` grows with every call unless it is given. */
export function ownReport(seat: AgentSeat, spec: object = {}, metadata: object = {}): KubernetesObject {
  const identity = { name: seat.node, uid: seat.nodeUID, bootID: `boot-${seat.node}` }
  const report = reportObject(identity, { agent: { podUID: seat.podUID, version: '0.1.0' }, ...spec })
  return { ...report, metadata: { ...report.metadata, ...metadata } }
}

/** Server-side apply, as the agent publishes. */
export const apply = (api: Api, name: string, object: unknown, query = ''): Promise<ApiAnswer> =>
  api.send('PATCH', `${REPORTS}/${name}${MANAGER}${query}`, object, APPLY)

/** A way in which one node's agent might get at a report. */
export interface Attempt {
  readonly name: string
  readonly status: number
  readonly message: RegExp
  act(): Promise<ApiAnswer>
}

const OTHER_NODE = /an agent reports about its own node only: this token is from node-n/
const RIGHTS = /cannot \w+ resource "nodesnapshotters/

/** Everything that N's agent can try on M's report, which is there, and on that of L, which has none yet. */
export function attemptsOnOthers(n: AgentSeat, m: AgentSeat, l: AgentSeat): Attempt[] {
  const { api } = n
  const forged = (seat: AgentSeat, metadata: object = {}) => ownReport(seat, { sequence: 1_000_000 }, metadata)
  const inOwnName = (seat: AgentSeat) => ({ ...ownReport(n, { sequence: 1_000_000 }), metadata: { name: seat.node } })
  const patch = (type: string, body: unknown) =>
    api.send('PATCH', `${REPORTS}/${m.node}`, body, `application/${type}+json`)
  const refused = (name: string, message: RegExp, act: Attempt['act'], status = 403): Attempt => ({
    name,
    status,
    message,
    act,
  })
  return [
    refused('create L', OTHER_NODE, () => api.send('POST', REPORTS, forged(l))),
    refused('create L by apply', OTHER_NODE, () => apply(api, l.node, forged(l))),
    refused('create L as if it were about N', OTHER_NODE, () => api.send('POST', REPORTS, inOwnName(l))),
    refused('create with a generated name', OTHER_NODE, () =>
      api.send('POST', REPORTS, { ...ownReport(n), metadata: { generateName: 'node-', ownerReferences: [] } }),
    ),
    refused('create M again', OTHER_NODE, () => api.send('POST', REPORTS, forged(m))),
    refused('apply M', OTHER_NODE, () => apply(api, m.node, forged(m))),
    refused('apply M as if it were about N', OTHER_NODE, () => apply(api, m.node, inOwnName(m))),
    refused('apply M as another field manager', OTHER_NODE, () =>
      api.send('PATCH', `${REPORTS}/${m.node}?fieldManager=kubectl&force=true`, forged(m), APPLY),
    ),
    refused('merge-patch M', OTHER_NODE, () =>
      patch('merge-patch', { spec: { verified: false, sequence: 1_000_000 } }),
    ),
    refused('json-patch M', OTHER_NODE, () =>
      patch('json-patch', [{ op: 'replace', path: '/spec/defaultSnapshotter/name', value: 'overlayfs' }]),
    ),
    refused('label M', OTHER_NODE, () => patch('merge-patch', { metadata: { labels: { a: 'b' } } })),
    refused('give M to another owner', OTHER_NODE, () =>
      patch('merge-patch', {
        metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: n.node, uid: n.nodeUID }] },
      }),
    ),
    refused('hold M with a finalizer', OTHER_NODE, () => patch('merge-patch', { metadata: { finalizers: ['a.b/c'] } })),
    refused('roll M back', /must not go back/, () => patch('merge-patch', { spec: { sequence: 0 } }), 422),
    refused('roll M back as a new life', OTHER_NODE, () =>
      patch('merge-patch', { spec: { sequence: 0, agent: { podUID: n.podUID } } }),
    ),
    refused('replace M', RIGHTS, () => api.send('PUT', `${REPORTS}/${m.node}`, forged(m))),
    refused('delete M', RIGHTS, () => api.send('DELETE', `${REPORTS}/${m.node}`)),
    refused('delete all', RIGHTS, () => api.send('DELETE', REPORTS)),
    refused("write M's status", RIGHTS, () =>
      api.send('PATCH', `${REPORTS}/${m.node}/status`, { status: {} }, 'application/merge-patch+json'),
    ),
    refused('list all', RIGHTS, () => api.send('GET', REPORTS)),
  ]
}

/** What N's agent must not say even about N. */
export function attemptsOnOwn(n: AgentSeat, m: AgentSeat): Attempt[] {
  const node = (seat: AgentSeat) => ({ apiVersion: 'v1', kind: 'Node', name: seat.node, uid: seat.nodeUID })
  const pod = { apiVersion: 'v1', kind: 'Pod', name: 'agent', uid: n.podUID }
  const owned = /the report must be owned by its Node and by nothing else/
  const refused = (name: string, message: RegExp, spec: object, metadata: object = {}): Attempt => ({
    name,
    status: 403,
    message,
    act: () => apply(n.api, n.node, ownReport(n, spec, metadata)),
  })
  return [
    refused('the UID of another Node', /spec.nodeUID must be that of the Node that the token was made for/, {
      nodeUID: m.nodeUID,
    }),
    refused('the pod of another agent', /spec.agent.podUID must be the UID of the pod/, {
      agent: { podUID: m.podUID },
    }),
    refused("M's Node as owner", owned, {}, { ownerReferences: [node(m)] }),
    refused("M's Node as second owner", owned, {}, { ownerReferences: [node(n), node(m)] }),
    refused('a Pod as owner', owned, {}, { ownerReferences: [pod] }),
    refused('no owner', owned, {}, { ownerReferences: [] }),
    refused('a finalizer', /has no finalizers/, {}, { finalizers: ['a.b/c'] }),
    refused('a number of another boot', /spec.sequence must grow: the report has 3 already/, {
      sequence: 2,
      bootID: 'other',
    }),
    refused('the same number', /spec.sequence must grow/, { sequence: 3, verified: false }),
  ]
}
