/** request.uid of a review, when it is a string that an answer can carry; otherwise null. */
export const readReviewUid = (review: unknown): string | null => {
  if (typeof review !== 'object' || review === null || !('request' in review)) return null
  const { request } = review
  if (typeof request !== 'object' || request === null || !('uid' in request)) return null
  return typeof request.uid === 'string' && request.uid !== '' ? request.uid : null
}
