import type { NodeReport } from '../report/node-report.ts'
import type { Latch } from './latch.ts'

/** Something to do now, in the order given. */
export type AgentAction =
  | { readonly kind: 'openStream'; readonly stream: number }
  | { readonly kind: 'sweep'; readonly stream: number }
  | { readonly kind: 'identify' }
  /** Takes the place of a publication that is still under way. */
  | { readonly kind: 'publish'; readonly report: NodeReport }
  | { readonly kind: 'saveLatch'; readonly latch: Latch }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn'; readonly fields: object; readonly message: string }
