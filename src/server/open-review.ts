import { type DecodedReview, decodeReview } from '../admission/decode-review.ts'
import { pickFast } from '../admission/json-pick-fast.ts'
import type { Picked } from '../admission/json-picked.ts'
import type { CompiledShape } from '../admission/json-shape.ts'
import { REVIEW_SHAPE } from '../admission/review-shape.ts'

/** From the bytes of a body to the request under review, or why there is none. */
export const openReview = (
  body: Buffer,
  pick: (body: Buffer, shape: CompiledShape) => Picked = pickFast,
): DecodedReview => {
  const picked = pick(body, REVIEW_SHAPE)
  return picked.ok ? decodeReview(picked.value) : picked
}
