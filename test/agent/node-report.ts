import type { ObservedFacts } from '../../src/agent/observed-facts.ts'
import type { NodeReport } from '../../src/report/node-report.ts'
import { GOOD_FACTS, IDENTITY } from './facts.ts'

/** The report of an agent on a node that is in order, except for the changes. */
export const nodeReport = (facts: Partial<ObservedFacts> = {}, changes: Partial<NodeReport> = {}): NodeReport => ({
  name: IDENTITY.nodeName,
  nodeUID: 'node-uid-1',
  bootID: IDENTITY.bootID,
  bootTime: IDENTITY.bootTime,
  agent: { podUID: IDENTITY.podUID, version: IDENTITY.version },
  ...GOOD_FACTS,
  ...facts,
  mixed: null,
  verified: true,
  sequence: 7,
  renewTime: '2026-11-22T09:00:00Z',
  ...changes,
})
