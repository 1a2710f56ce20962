// Names that wait to be worked on. What changed last comes first, because it is what somebody waits for; every fourth is the one
// that has waited longest, so that a stream of changes starves nobody.

/** A name that is due. */
export interface DueName {
  readonly name: string
  /** When it was first added and not taken since. */
  readonly sinceMs: number
}

/** Names that wait, each once; times are the caller's, in ms. */
export interface WorkQueue {
  /** Adds a name, or moves it to the front when it changed again; before `notBeforeMs` it is not due. */
  add(name: string, nowMs: number, notBeforeMs?: number): void
  /** Puts a name back that failed: not due before `notBeforeMs`, and counted as waiting since `sinceMs`. */
  putBack(due: DueName, notBeforeMs: number): void
  remove(name: string): void
  has(name: string): boolean
  /** Takes the next name that is due. */
  take(nowMs: number): DueName | undefined
  /** When the next name is due: at once is 0, Infinity when none waits. */
  dueAtMs(nowMs: number): number
  readonly size: number
}

const OLDEST_EVERY = 4

interface Waiting {
  readonly sinceMs: number
  readonly notBeforeMs: number
  /** Grows with each change; an entry of the stack with another number is out of date. */
  readonly turn: number
}

/** An empty queue. */
export const createWorkQueue = (): WorkQueue => {
  // Both in the order in which names came to be due, or to wait.
  const due = new Map<string, Waiting>()
  const delayed = new Map<string, Waiting>()
  let stack: { readonly name: string; readonly turn: number }[] = []
  let turn = 0
  let taken = 0
  let earliestMs = Number.POSITIVE_INFINITY

  const push = (name: string, waiting: Waiting): void => {
    due.set(name, waiting)
    stack.push({ name, turn: waiting.turn })
    // What is out of date is dropped when it is met; where changes come faster than work, before that.
    if (stack.length > 2 * due.size + 1024) stack = stack.filter(one => due.get(one.name)?.turn === one.turn)
  }

  const delay = (name: string, waiting: Waiting): void => {
    delayed.set(name, waiting)
    earliestMs = Math.min(earliestMs, waiting.notBeforeMs)
  }

  const release = (nowMs: number): void => {
    if (nowMs < earliestMs) return
    earliestMs = Number.POSITIVE_INFINITY
    for (const [name, waiting] of delayed) {
      if (waiting.notBeforeMs <= nowMs) {
        delayed.delete(name)
        push(name, waiting)
      } else earliestMs = Math.min(earliestMs, waiting.notBeforeMs)
    }
  }

  const newest = (): string | undefined => {
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (due.get(top.name)?.turn === top.turn) return top.name
    }
    return undefined
  }

  return {
    add: (name, nowMs, notBeforeMs = nowMs) => {
      release(nowMs)
      const known = due.get(name) ?? delayed.get(name)
      turn += 1
      const waiting = {
        sinceMs: known?.sinceMs ?? nowMs,
        // What failed, or is to wait a moment, does so whatever comes meanwhile.
        notBeforeMs: Math.max(notBeforeMs, delayed.get(name)?.notBeforeMs ?? 0),
        turn,
      }
      if (waiting.notBeforeMs > nowMs && !due.has(name)) delay(name, waiting)
      else push(name, waiting)
    },
    putBack: ({ name, sinceMs }, notBeforeMs) => {
      turn += 1
      due.delete(name)
      delay(name, { sinceMs, notBeforeMs, turn })
    },
    remove: name => {
      due.delete(name)
      delayed.delete(name)
    },
    has: name => due.has(name) || delayed.has(name),
    take: nowMs => {
      release(nowMs)
      taken += 1
      const oldest: string | undefined = due.keys().next().value
      const name = taken % OLDEST_EVERY === 0 ? oldest : newest()
      const waiting = name === undefined ? undefined : due.get(name)
      if (name === undefined || waiting === undefined) return undefined
      due.delete(name)
      return { name, sinceMs: waiting.sinceMs }
    },
    dueAtMs: nowMs => {
      release(nowMs)
      return due.size > 0 ? 0 : earliestMs
    },
    get size() {
      return due.size + delayed.size
    },
  }
}
