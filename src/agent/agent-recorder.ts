import type { ApiFailure } from './api-failure.ts'

/** What a publication came to, for counting. */
export type PublishResult = 'published' | ApiFailure['kind']

/** Is told what the loop does, for metrics. */
export interface AgentRecorder {
  /** containerd told of a change. */
  changed(): void
  swept(result: 'success' | 'failure', durationMs: number): void
  streamLost(): void
  publishEnded(result: PublishResult): void
}
