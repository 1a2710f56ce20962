import type { NodeVerdict } from '../../src/policy/node-verdict.ts'

const READY: NodeVerdict = {
  node: 'node1',
  state: 'Ready',
  reason: '',
  message: 'the running containerd uses soci',
  evidence: 'report',
  pool: '',
  mode: 'enforce',
  expectedSnapshotter: 'soci',
  defaultSnapshotter: 'soci',
  advisories: [],
}

/** A verdict of Ready in an enforcing pool, but for what is given. */
export const verdictOf = (differing: Partial<NodeVerdict>): NodeVerdict => ({ ...READY, ...differing })
