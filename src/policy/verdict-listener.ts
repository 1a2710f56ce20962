import type { NodeVerdict } from './node-verdict.ts'

/** Called with the name of each node whose facts, report or verdict may have changed; undefined when the Node is gone. */
export type VerdictListener = (name: string, verdict: NodeVerdict | undefined) => void
