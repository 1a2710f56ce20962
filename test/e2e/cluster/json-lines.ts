/** The values of a stream of JSON texts, one a line, as a watch sends them; throws when the stream breaks. */
export async function* jsonLines<T>(stream: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  let pending = Buffer.alloc(0)
  for await (const chunk of stream) {
    pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk])
    let start = 0
    for (let end = pending.indexOf(10); end !== -1; end = pending.indexOf(10, start)) {
      yield JSON.parse(pending.toString('utf8', start, end)) as T
      start = end + 1
    }
    pending = pending.subarray(start)
  }
}
