import { NO_FACTS, type ObservedFacts } from '../../../src/agent/observed-facts.ts'
import type { NodeReport } from '../../../src/report/node-report.ts'
import { GOOD_FACTS } from '../../agent/facts.ts'
import type { AgentSeat } from './agent-cluster.ts'

/** A report of a seat's agent as the loop composes it. */
export function reportOf(seat: AgentSeat, changes: Partial<NodeReport>): NodeReport {
  return {
    name: seat.node,
    nodeUID: seat.nodeUID,
    bootID: 'boot-1',
    bootTime: '',
    agent: { podUID: seat.podUID, version: '0.1.0' },
    ...NO_FACTS,
    mixed: null,
    verified: false,
    sequence: 0,
    renewTime: '2026-11-22T09:00:00.123Z',
    ...changes,
  }
}

/** The facts of a node on which everything is wrong at once, with more and longer texts than a report may hold. */
export function troubled(): ObservedFacts {
  const many = (what: string) => Array.from({ length: 40 }, (_, i) => `${what}-${'ü'.repeat(600)}-${i}`)
  return {
    ...GOOD_FACTS,
    runtime: { ...GOOD_FACTS.runtime, criError: 'x'.repeat(5000), session: { pid: 812, startTime: '' } },
    snapshotters: many('plugin').map(name => ({ name, address: name, root: name, registered: true, responds: null })),
    runtimeHandlers: ['', ...many('handler')].map(name => ({ name, snapshotter: name })),
    containers: {
      bySnapshotter: Object.fromEntries(many('plugin').map((name, i) => [name, i])),
      foreign: many('id').map(id => ({ id, name: id, kind: 'sandbox', snapshotter: id, createdAt: '' })),
    },
    images: { total: 40, foreign: null, stranded: many('s'), recoverable: many('r'), missing: many('m') },
    sandboxImage: { reference: 'pause', status: 'Stranded' },
  }
}
