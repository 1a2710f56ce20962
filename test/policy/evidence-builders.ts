import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { DEFAULT_CONFIGURATION } from '../../src/config/default-configuration.ts'
import type { GuardConfiguration, Pool } from '../../src/policy/configuration.ts'
import type { NodeEvidence } from '../../src/policy/node-evidence.ts'
import type { NodeFacts } from '../../src/policy/node-facts.ts'
import { parseNodeFacts } from '../../src/policy/parse-node-facts.ts'
import type { NodeReport } from '../../src/report/node-report.ts'
import { parseNodeReport } from '../../src/report/parse-node-report.ts'

type Writable<T> = { -readonly [Key in keyof T]: T[Key] extends object | null ? Writable<T[Key]> : T[Key] }

/** A configuration with the documented defaults, and what the test wants to differ. */
export const configurationOf = (changes: Partial<GuardConfiguration> = {}): GuardConfiguration => ({
  ...DEFAULT_CONFIGURATION,
  ...changes,
})

/** A pool of the nodes with the label pool=<name>, and what the test wants to differ. */
export const poolNamed = (name: string, changes: Partial<Pool> = {}): Pool => ({
  name,
  nodeSelector: { matchLabels: { pool: name }, matchExpressions: [] },
  mode: 'enforce',
  expectedSnapshotter: 'soci',
  evidence: 'report',
  readyLabels: {},
  ...changes,
})

/** The Node and the NodeSnapshotter of a fixture, parsed; undefined where the fixture has none. */
export const readNodeFixture = (code: string): { node: NodeFacts | undefined; report: NodeReport | undefined } => {
  const path = resolve(import.meta.dirname, `../fixtures/nodes/${code}.yaml`)
  const objects = parseAllDocuments(readFileSync(path, 'utf8')).map(document => document.toJS())
  const node = objects.find(({ kind }) => kind === 'Node')
  const report = objects.find(({ kind }) => kind === 'NodeSnapshotter')
  return {
    node: node === undefined ? undefined : parsedValue(parseNodeFacts(node)),
    report: report === undefined ? undefined : parsedValue(parseNodeReport(report)),
  }
}

const parsedValue = <Value>(
  parsed: { ok: true; value: Value } | { ok: false; problems: readonly unknown[] },
): Value => {
  if (!parsed.ok) throw new Error(`the fixture has problems: ${JSON.stringify(parsed.problems)}`)
  return parsed.value
}

const ready = readNodeFixture('Ready')

/** A good linux node after the tweak. */
export const nodeOf = (tweak: (node: Writable<NodeFacts>) => void = () => {}): NodeFacts => {
  const node = structuredClone(ready.node) as Writable<NodeFacts>
  tweak(node)
  return node as NodeFacts
}

/** A report that makes the good node Ready, after the tweak. */
export const reportOf = (tweak: (report: Writable<NodeReport>) => void = () => {}): NodeReport => {
  const report = structuredClone(ready.report) as Writable<NodeReport>
  tweak(report)
  return report as NodeReport
}

/** Evidence of a Ready node with the changes the test wants. */
export const evidenceOf = (changes: Partial<NodeEvidence> = {}): NodeEvidence => ({
  name: 'node1',
  node: nodeOf(),
  report: reportOf(),
  fresh: true,
  ...changes,
})

/** A foreign container of the given time. */
export const foreignContainer = (createdAt: string, snapshotter = 'overlayfs') => ({
  id: '01b1169770c4',
  name: 'kube-proxy',
  kind: 'container' as const,
  snapshotter,
  createdAt,
})
