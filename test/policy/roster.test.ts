import t from 'tap'
import { createRoster } from '../../src/policy/roster.ts'
import { configurationOf, nodeOf, reportOf } from './evidence-builders.ts'

const anyPod = { nodeName: '', nodeSelector: {}, requiredTerms: null, tolerations: [] }
const node = (name: string) =>
  nodeOf(node => {
    node.name = name
  })
const report = (name: string, verified = true) =>
  reportOf(report => {
    report.name = name
    report.verified = verified
  })

t.test('a name without a Node object is NodeNotFound, also when there is a report of it', async t => {
  const roster = createRoster(configurationOf({ mode: 'warn' }))
  roster.setReport(report('n1'), 0, 0)
  const { state, reason, mode } = roster.judge('n1', 0)
  t.strictSame([state, reason, mode], ['Unverified', 'NodeNotFound', 'warn'])
  t.equal(roster.knows('n1'), false)
  t.equal(roster.size, 0)
  t.strictSame(roster.verdicts(0), [])
})

t.test('a report that came before its Node counts when the Node comes', async t => {
  const roster = createRoster(configurationOf())
  roster.setReport(report('n1'), 0, 0)
  roster.setNode(node('n1'), 0)
  t.equal(roster.judge('n1', 0).state, 'Ready')
  t.equal(roster.reportOf('n1')?.name, 'n1')
  t.equal(roster.factsOf('n1')?.name, 'n1')
  t.equal(roster.factsOf('n2'), undefined)
})

t.test('the verdict is the same object until something changes', async t => {
  const roster = createRoster(configurationOf())
  roster.setNode(node('n1'), 0)
  roster.setReport(report('n1'), 0, 0)
  t.equal(roster.judge('n1', 1), roster.judge('n1', 2))
})

t.test('a report goes stale at the exact moment, without advance', async t => {
  const roster = createRoster(configurationOf({ reportTTLMs: 150_000 }))
  roster.setNode(node('n1'), 0)
  roster.setReport(report('n1'), 1000, 1000)
  t.equal(roster.judge('n1', 151_000).reason, '')
  t.equal(roster.judge('n1', 151_001).reason, 'ReportStale')
  t.strictSame(roster.stateCounts(), { Ready: 0, NotDefault: 0, Mixed: 0, Broken: 0, Unverified: 1 })
})

t.test('an outage is entered and left by advance, and holds what the last facts of the boot say', async t => {
  const roster = createRoster(configurationOf({ outage: { fraction: 0.5, answer: 'hold' } }))
  for (const name of ['n1', 'n2', 'n3']) {
    roster.setNode(node(name), 0)
    roster.setReport(report(name), 0, 0)
  }
  t.strictSame(roster.advance(1), { outageChanged: false, outage: false })
  roster.setReport(report('n1', false), 2, 2)
  roster.setReport(report('n2', false), 2, 2)
  t.equal(roster.judge('n1', 2).reason, 'AgentStarting')
  t.strictSame(roster.advance(3), { outageChanged: true, outage: true })
  t.strictSame(roster.judge('n1', 3).advisories, ['EvidenceHeld'])
  t.strictSame(roster.judge('n3', 3).advisories, [])
  t.strictSame(roster.advance(4), { outageChanged: false, outage: true }, 'what is held does not end the outage')
  roster.setReport(report('n2'), 5, 5)
  t.strictSame(roster.advance(5), { outageChanged: true, outage: false })
  t.equal(roster.judge('n1', 5).reason, 'AgentStarting')
})

t.test('an outage that is answered with deny changes no verdict', async t => {
  const roster = createRoster(configurationOf({ outage: { fraction: 0.5, answer: 'deny' } }))
  roster.setNode(node('n1'), 0)
  roster.setReport(report('n1', false), 0, 0)
  t.strictSame(roster.advance(1), { outageChanged: true, outage: true })
  t.equal(roster.judge('n1', 1).reason, 'AgentStarting')
})

t.test('of many candidates the largest group comes first, with its first five names', async t => {
  const roster = createRoster(configurationOf())
  for (let i = 0; i < 9; i++) roster.setNode(node(`n${i}`), 0)
  roster.setReport(report('n0'), 0, 0)
  roster.setReport(report('n1', false), 0, 0)
  t.strictSame(roster.candidates(anyPod), {
    eligible: 9,
    ready: 1,
    groups: [
      { state: 'Unverified', reason: 'NoReport', mode: 'enforce', count: 7, nodes: ['n2', 'n3', 'n4', 'n5', 'n6'] },
      { state: 'Unverified', reason: 'AgentStarting', mode: 'enforce', count: 1, nodes: ['n1'] },
    ],
  })
})

t.test('namespaces and runtime classes are kept by name', async t => {
  const roster = createRoster(configurationOf())
  const kata = { name: 'kata', handler: 'kata', nodeSelector: {}, tolerations: [] }
  roster.setNamespaceMode('constructor', 'warn')
  roster.setNamespaceMode('plain', undefined)
  roster.setRuntimeClass(kata)
  t.equal(roster.namespaceMode('constructor'), 'warn')
  t.equal(roster.namespaceMode('plain'), undefined)
  t.equal(roster.namespaceMode('toString'), undefined)
  t.equal(roster.runtimeClass('kata'), kata)
  roster.setNamespaceMode('constructor', undefined)
  roster.removeRuntimeClass('kata')
  t.equal(roster.namespaceMode('constructor'), undefined)
  t.equal(roster.runtimeClass('kata'), undefined)
  roster.setNamespaceMode('plain', 'off')
  roster.removeNamespace('plain')
  t.equal(roster.namespaceMode('plain'), undefined)
})

t.test('removing what is not there changes nothing', async t => {
  const roster = createRoster(configurationOf())
  roster.removeNode('n1')
  roster.removeReport('n1')
  roster.removeNamespace('n1')
  roster.removeRuntimeClass('n1')
  t.strictSame(roster.stateCounts(), { Ready: 0, NotDefault: 0, Mixed: 0, Broken: 0, Unverified: 0 })
})

t.test('whoever listens hears of each node that may have changed, with its verdict, and of those that go', async t => {
  const heard: string[] = []
  const calm = { reportTTLMs: 150_000, outage: { fraction: 1, answer: 'hold' as const } }
  const roster = createRoster(configurationOf(calm), (name, verdict) =>
    heard.push(`${name} ${verdict === undefined ? 'gone' : verdict.reason}`),
  )
  roster.setReport(report('n1'), 0, 0)
  t.strictSame(heard.splice(0), [], 'a report without a Node is no node')
  roster.setNode(node('n1'), 0)
  t.strictSame(heard.splice(0), ['n1 '])
  roster.setNode(node('n1'), 0)
  roster.setReport(report('n1', false), 1, 1)
  t.strictSame(heard.splice(0), ['n1 ', 'n1 AgentStarting'])
  t.equal(roster.reportMovedAtMs('n1'), 1)
  roster.advance(150_001)
  t.strictSame(heard.splice(0), [])
  roster.advance(150_002)
  t.strictSame(heard.splice(0).at(-1), 'n1 ReportStale')
  roster.removeNode('n1')
  roster.removeNode('n1')
  t.strictSame(heard.splice(0), ['n1 gone'])
})
