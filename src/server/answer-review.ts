// From the bytes of a review to the bytes of its answer: where the pure decision meets the cluster, the clock and the recorder.
// If the uid could be read, every answer is HTTP 200 with a review of that uid; otherwise the API server could make nothing of
// a review, and gets a Status.
import { performance } from 'node:perf_hooks'
import { admit } from '../admission/admit.ts'
import {
  type ClusterView,
  modeIn,
  type NeedsNode,
  type NeedsPod,
  type NodeLookup,
  type PodLookup,
} from '../admission/cluster-view.ts'
import { encodeReview } from '../admission/encode-review.ts'
import type { Outcome, Webhook } from '../admission/outcome.ts'
import type { ReviewRecorder } from '../admission/review-recorder.ts'
import type { ReviewRequest } from '../admission/review-request.ts'
import { stanceOn } from '../admission/stance.ts'
import type { Failure } from '../admission/subject.ts'
import type { Answer, AnswerFunction } from './answer.ts'
import { type FindNode, lookUpNode } from './node-lookup.ts'
import { openReview } from './open-review.ts'
import { lookUpPod, podDeadlineMs as lookupDeadlineMs, type ReadPod } from './pod-deadline.ts'
import { INTERNAL } from './review-exchange.ts'
import { statusAnswer } from './status-answer.ts'

/** What an answer is made from. */
export interface AnswerReviewOptions {
  /** The cluster as it is known now. */
  view(): ClusterView
  /** False until the inventory has been read once: an empty one would be read as an empty cluster. */
  loaded(): boolean
  readonly readPod: ReadPod
  /** Asks for nodes that are not known, where the view says that this can be done. */
  readonly findNode?: FindNode
  readonly record: ReviewRecorder
  /** Called with what a bug threw; the review is answered all the same. */
  readonly failed: (error: unknown) => void
}

/** The review in hand. */
interface Review {
  readonly webhook: Webhook
  readonly uid: string
  /** null when only the uid could be read. */
  readonly request: ReviewRequest | null
  readonly startedMs: number
}

// Not an answer by the stance: the API server asks again after a second, within its own timeout, and may reach a replica that
// has its inventory.
const NOT_LOADED = statusAnswer(
  503,
  'the inventory has not been loaded yet; /readyz of soci-guard says what it waits for',
  'SOCI_GUARD_INVENTORY_NOT_LOADED',
  { 'retry-after': '1' },
)

/** Builds the function that answers reviews; synchronous unless a pod or an unknown node must be read. */
export const createAnswerReview = (options: AnswerReviewOptions): AnswerFunction => {
  return (webhook, body, timeoutMs) => {
    if (!options.loaded()) return NOT_LOADED
    const startedMs = performance.now()
    let review: Review | null = null
    try {
      const opened = openReview(body)
      if (!opened.ok) {
        review = opened.uid === null ? null : { webhook, uid: opened.uid, request: null, startedMs }
        return review === null
          ? statusAnswer(400, opened.message, opened.code)
          : answerByStance(options, review, opened)
      }
      const { request } = opened
      review = { webhook, uid: request.uid, request, startedMs }
      const outcome = admit(webhook, request, options.view())
      if (outcome.kind !== undefined) return answerWithLookups(options, review, request, outcome, timeoutMs)
      return finish(options, review, outcome)
    } catch (error) {
      return answerBug(options, review, error)
    }
  }
}

const answerWithLookups = async (
  options: AnswerReviewOptions,
  review: Review,
  request: ReviewRequest,
  first: NeedsPod | NeedsNode,
  timeoutMs: number,
): Promise<Answer> => {
  try {
    let lookups: Lookups = {}
    let needs: NeedsPod | NeedsNode | Outcome = first
    while (needs.kind !== undefined) {
      const deadlineMs = lookupDeadlineMs(timeoutMs, performance.now() - review.startedMs)
      lookups = await addLookup(options, lookups, needs, deadlineMs)
      needs = admit(review.webhook, request, options.view(), lookups.pod, lookups.node)
    }
    return finish(options, review, needs)
  } catch (error) {
    return answerBug(options, review, error)
  }
}

interface Lookups {
  readonly pod?: PodLookup
  readonly node?: NodeLookup
}

const addLookup = async (
  { readPod, findNode }: AnswerReviewOptions,
  lookups: Lookups,
  needs: NeedsPod | NeedsNode,
  deadlineMs: number,
): Promise<Lookups> => {
  const isAgain = needs.kind === 'needsPod' ? lookups.pod !== undefined : lookups.node !== undefined
  if (isAgain) throw new Error(`the decision asked again for what it had been given: ${needs.kind}`)
  if (needs.kind === 'needsPod') return { ...lookups, pod: await lookUpPod(readPod, needs, deadlineMs) }
  if (findNode === undefined) throw new Error('the view says that nodes can be asked for, but there is nobody to ask')
  return { ...lookups, node: await lookUpNode(findNode, needs, deadlineMs) }
}

const finish = (options: AnswerReviewOptions, review: Review, outcome: Outcome): Answer => {
  const body = encodeReview(review.uid, outcome)
  try {
    options.record(review.webhook, review.uid, review.request, outcome, performance.now() - review.startedMs)
  } catch (error) {
    // The answer stands: bookkeeping must not turn a yes into a no.
    options.failed(error)
  }
  return { statusCode: 200, contentType: 'application/json', body }
}

const answerByStance = (options: AnswerReviewOptions, review: Review, failure: Failure): Answer => {
  const view = options.view()
  const mode = review.request === null ? view.configuration.mode : modeIn(review.request.namespace, view)
  return finish(options, review, stanceOn(failure, review.webhook, mode, view.configuration.couldNotTell))
}

// The panic fence: what a bug threw is reported, never shown, and the stance stands in for the answer. Without a uid, or with a
// bug in the stance itself, there is no review to answer with: fail as the webhook's failurePolicy says.
const answerBug = (options: AnswerReviewOptions, review: Review | null, error: unknown): Answer => {
  options.failed(error)
  if (review === null) return INTERNAL
  try {
    return answerByStance(options, review, { code: 'SOCI_GUARD_INTERNAL', message: 'soci-guard failed on this review' })
  } catch (again) {
    options.failed(again)
    return INTERNAL
  }
}
