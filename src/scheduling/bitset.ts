// Words are signed: V8 keeps an Int32Array's elements in integer registers, and those of a Uint32Array often as doubles.
const bitsPerWord = 32

const popcount = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** A set of small non-negative integers (slots), one bit each; it grows as needed, and what lies beyond its words is absent. */
export class Bitset {
  #words: Int32Array

  /** An empty set with room for `capacity` slots before it must grow. */
  constructor(capacity = 0) {
    this.#words = new Int32Array(Math.ceil(capacity / bitsPerWord))
  }

  /** The bits, 32 slots a word, lowest slot in the lowest bit; to be read only, and not to be kept: growing replaces it. */
  get words(): Int32Array {
    return this.#words
  }

  has(slot: number): boolean {
    return (((this.#words[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 1
  }

  set(slot: number): void {
    const at = slot >>> 5
    if (at >= this.#words.length) this.#grow(at + 1)
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (slot & 31))
  }

  clear(slot: number): void {
    const at = slot >>> 5
    if (at < this.#words.length) this.#words[at] = (this.#words[at] ?? 0) & ~(1 << (slot & 31))
  }

  clearAll(): void {
    this.#words.fill(0)
  }

  count(): number {
    return intersectionCount(this, this)
  }

  isEmpty(): boolean {
    for (const word of this.#words) if (word !== 0) return false
    return true
  }

  copyFrom(other: Bitset): void {
    const words = other.#words
    if (this.#words.length < words.length) this.#words = words.slice()
    else {
      this.#words.set(words)
      this.#words.fill(0, words.length)
    }
  }

  /** Keeps only the slots that the other set has too. */
  and(other: Bitset): void {
    const words = this.#words
    const others = other.#words
    const shared = Math.min(words.length, others.length)
    for (let at = 0; at < shared; at++) words[at] = (words[at] ?? 0) & (others[at] ?? 0)
    words.fill(0, shared)
  }

  /** Drops the slots that the other set has. */
  andNot(other: Bitset): void {
    const words = this.#words
    const others = other.#words
    const shared = Math.min(words.length, others.length)
    for (let at = 0; at < shared; at++) words[at] = (words[at] ?? 0) & ~(others[at] ?? 0)
  }

  /** Adds the slots of the other set. */
  or(other: Bitset): void {
    const others = other.#words
    // Asked once: V8 would look up the length of an array that it writes beside in every turn of the loop.
    const count = others.length
    if (this.#words.length < count) this.#grow(count)
    const words = this.#words
    for (let at = 0; at < count; at++) words[at] = (words[at] ?? 0) | (others[at] ?? 0)
  }

  // By an eighth, so that adding n slots one after another costs some n steps, not n²; more would be words that every operation
  // passes over for nothing.
  #grow(wordCount: number): void {
    const grown = new Int32Array(Math.max(wordCount, this.#words.length + (this.#words.length >>> 3)))
    grown.set(this.#words)
    this.#words = grown
  }
}

/** How many slots both sets have, without building their intersection. */
export const intersectionCount = (a: Bitset, b: Bitset): number => {
  const left = a.words
  const right = b.words
  const shared = Math.min(left.length, right.length)
  let total = 0
  for (let at = 0; at < shared; at++) total += popcount((left[at] ?? 0) & (right[at] ?? 0))
  return total
}

/** Visits the slots that both sets have, lowest first, until there are no more or the visitor returns false. */
export const forEachInIntersection = (a: Bitset, b: Bitset, visit: (slot: number) => unknown): void => {
  const left = a.words
  const right = b.words
  const shared = Math.min(left.length, right.length)
  for (let at = 0; at < shared; at++) {
    let word = (left[at] ?? 0) & (right[at] ?? 0)
    while (word !== 0) {
      const lowest = word & -word
      if (visit(at * bitsPerWord + 31 - Math.clz32(lowest)) === false) return
      word ^= lowest
    }
  }
}

/** Visits every slot of the set, lowest first, until there are no more or the visitor returns false. */
export const forEachSlot = (set: Bitset, visit: (slot: number) => unknown): void =>
  forEachInIntersection(set, set, visit)
