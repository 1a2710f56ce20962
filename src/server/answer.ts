import type { Webhook } from '../admission/outcome.ts'

/** One HTTP answer, complete before its first byte is written; header names are lower case. */
export interface Answer {
  readonly statusCode: number
  readonly contentType: string
  readonly body: string
  /** Headers beside content-type and content-length, for example { 'retry-after': '1' }. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers one review from its raw body; synchronous unless something has to be read first. Never throws or rejects. */
export type AnswerFunction = (webhook: Webhook, body: Buffer, timeoutMs: number) => Answer | Promise<Answer>
