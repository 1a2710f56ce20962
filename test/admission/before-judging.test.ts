import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import type { NodeLookup } from '../../src/admission/cluster-view.ts'
import { exemptionsOf, FOUR_NODES, nodeOf, reportOf, viewOf } from '../support/cluster-view.ts'
import { bindingTo, createdPod, pinTo } from '../support/review-request.ts'
import { sameParts } from '../support/same-parts.ts'

const asking = (cluster: Parameters<typeof viewOf>[0] = {}) => ({
  ...viewOf({ nodes: FOUR_NODES, ...cluster }),
  asksForNodes: true,
})

const NEEDS_NEW = { kind: 'needsNode', name: 'new' } as const
const UNREACHABLE: NodeLookup = {
  failure: { code: 'SOCI_GUARD_API_UNREACHABLE', message: 'the node is not known, and the API server is away' },
}

t.test('a node that is not known is asked for before it is judged, however the pod gets there', async t => {
  t.strictSame(admit('bindings', bindingTo('new'), asking()), NEEDS_NEW)
  t.strictSame(admit('pods', createdPod({ nodeName: 'new' }), asking()), NEEDS_NEW)
  t.strictSame(admit('pods', createdPod({ affinity: pinTo('new') }), asking()), NEEDS_NEW)
})

t.test('nobody is asked where the node is known, or where the answer would not matter', async t => {
  sameParts(t, admit('bindings', bindingTo('ready'), asking()), { decision: 'allow', state: 'Ready' })
  const off = asking({ namespaceModes: { default: 'off' } })
  sameParts(t, admit('bindings', bindingTo('new'), off), { decision: 'allow', mode: 'off' })
  const exempt = asking({ configuration: { exemptions: exemptionsOf({ namespaces: new Set(['default']) }) } })
  sameParts(t, admit('bindings', bindingTo('new'), exempt), { decision: 'allow', exempt: 'namespace' })
  sameParts(t, admit('bindings', bindingTo('new'), viewOf()), { decision: 'deny', reason: 'NodeNotFound' })
})

t.test('a node that was found is judged as the view knows it now', async t => {
  const view = asking({ nodes: [[nodeOf('new'), reportOf('new')]] })
  sameParts(t, admit('bindings', bindingTo('new'), view, undefined, { found: true }), {
    decision: 'allow',
    state: 'Ready',
  })
})

t.test('a node that is missing is Unverified', async t => {
  sameParts(t, admit('bindings', bindingTo('new'), asking(), undefined, { missing: true }), {
    decision: 'deny',
    state: 'Unverified',
    reason: 'NodeNotFound',
    node: 'new',
  })
})

t.test('where it cannot be told whether there is such a node the stance decides', async t => {
  sameParts(t, admit('bindings', bindingTo('new'), asking(), undefined, UNREACHABLE), {
    decision: 'deny',
    reason: 'SOCI_GUARD_API_UNREACHABLE',
    node: 'new',
    message:
      'fail closed: the node of this binding was not judged because the node is not known, and the API server is away. Try again; if it stays, see why soci-guard does not reach the API server: its log says.',
    denial: {
      code: 403,
      name: 'web-1',
      cause: {
        reason: 'SOCI_GUARD_API_UNREACHABLE',
        message: 'the node is not known, and the API server is away',
        field: 'target.name',
      },
    },
  })
  const open = asking({ configuration: { couldNotTell: 'allow' } })
  sameParts(t, admit('bindings', bindingTo('new'), open, undefined, UNREACHABLE), { decision: 'audit' })
})

t.test('of an inventory that may be out of date the stance decides, for bindings and for pods with a node', async t => {
  const stale = 'nothing was heard from the API server about nodes for 181 s'
  const view = { ...asking(), stale }
  for (const [webhook, request, field] of [
    ['bindings', bindingTo('ready'), 'target.name'],
    ['pods', createdPod({ nodeName: 'ready' }), 'spec.nodeName'],
    ['bindings', bindingTo('new'), 'target.name'],
  ] as const) {
    const outcome = admit(webhook, request, view)
    sameParts(t, outcome, { decision: 'deny', reason: 'SOCI_GUARD_INVENTORY_STALE' })
    t.equal('denial' in outcome && outcome.denial?.cause.field, field)
  }
  const warned = { ...viewOf({ nodes: FOUR_NODES, namespaceModes: { default: 'warn' } }), stale }
  sameParts(t, admit('bindings', bindingTo('ready'), warned), { decision: 'warn', mode: 'warn' })
  sameParts(t, admit('pods', createdPod({}), view), { decision: 'allow', reason: '' })
})
