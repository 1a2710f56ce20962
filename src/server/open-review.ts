import { type DecodedReview, decodeReview } from '../admission/decode-review.ts'
import { pickFast } from '../admission/json-pick-fast.ts'
import { REVIEW_SHAPE } from '../admission/review-shape.ts'

/** From the bytes of a body to the request under review, or why there is none. */
export const openReview = (body: Buffer): DecodedReview => {
  const picked = pickFast(body, REVIEW_SHAPE)
  return picked.ok ? decodeReview(picked.value) : picked
}
