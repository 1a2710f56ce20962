import { isJsonObject, ownMember, ownMemberAt } from '../admission/own-member.ts'

/** What an API server would read of the answer to a review. */
export interface ReviewAnswer {
  readonly allowed: boolean
  /** '' when allowed. */
  readonly message: string
  readonly warnings: readonly string[]
  readonly auditAnnotations: Readonly<Record<string, string>>
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter(text => typeof text === 'string') : [])

/** Reads an AdmissionReview answer; undefined when it is none. */
export const readReviewAnswer = (body: unknown): ReviewAnswer | undefined => {
  const response = ownMember(body, 'response')
  const allowed = ownMember(response, 'allowed')
  if (typeof allowed !== 'boolean') return undefined
  const message = ownMemberAt(response, ['status', 'message'])
  const annotations = ownMember(response, 'auditAnnotations')
  const told = isJsonObject(annotations) ? Object.entries(annotations).map(([key, value]) => [key, String(value)]) : []
  return {
    allowed,
    message: typeof message === 'string' ? message : '',
    warnings: texts(ownMember(response, 'warnings')),
    auditAnnotations: Object.fromEntries(told),
  }
}
