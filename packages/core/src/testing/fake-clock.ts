import type { Clock, Timer } from '../provider/call-options.ts'
import { nextTurn } from '../runtime/next-turn.ts'

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** How many timers are running that would keep a process alive. */
  readonly pending: number
  /** Goes on by `byMs`, firing the timers that come due, in order, with all that follows from each. */
  advance(byMs: number): Promise<void>
  /**
   * Goes on from timer to timer until `work` settles, and settles as it does.
   *
   * @throws Error when `work` waits and no timer is running
   */
  run<T>(work: PromiseLike<T>): Promise<T>
}

interface Entry {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** Turns of the event loop in which a module is loaded, on any machine. */
const mostIdleTurns = 10_000

function isBefore(a: Entry, b: Entry): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at
}

/** A binary heap; the entry that is due first is on top. */
class Agenda {
  readonly #heap: Entry[] = []
  readonly #cancelled = new Set<Entry>()

  add(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(entry, heap[above] as Entry)) break
      heap[at] = heap[above] as Entry
      at = above
    }
    heap[at] = entry
  }

  cancel(entry: Entry): void {
    this.#cancelled.add(entry)
  }

  peek(): Entry | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (!this.#cancelled.delete(top)) return top
      this.#removeTop()
    }
    return undefined
  }

  take(): Entry | undefined {
    const top = this.peek()
    if (top !== undefined) this.#removeTop()
    return top
  }

  #removeTop(): void {
    const heap = this.#heap
    const last = heap.pop() as Entry
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Entry, heap[below] as Entry)) below++
      if (!isBefore(heap[below] as Entry, last)) break
      heap[at] = heap[below] as Entry
      at = below
    }
    heap[at] = last
  }
}

/**
 * Makes a clock for tests. Nothing in it sleeps.
 *
 * @param wallTimeMs what `wallTime` says at the start
 */
export function createFakeClock(wallTimeMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  const agenda = new Agenda()
  let now = 0
  let order = 0
  let held = 0

  const fireNext = (): void => {
    const entry = agenda.take()
    if (entry === undefined) return
    now = Math.max(now, entry.at)
    entry.run()
  }

  return {
    now: () => now,
    wallTime: () => wallTimeMs + now,
    schedule(delayMs, run): Timer {
      let running = true
      let holds = true
      const letGo = (): void => {
        if (holds) held--
        holds = false
      }
      held++
      const entry: Entry = {
        at: now + Math.max(0, delayMs),
        order: order++,
        run: () => {
          running = false
          letGo()
          run()
        },
      }
      agenda.add(entry)
      return {
        cancel: () => {
          if (running) agenda.cancel(entry)
          running = false
          letGo()
        },
        unref: letGo,
        ref: () => {
          if (running && !holds) held++
          holds = running
        },
      }
    },
    get pending() {
      return held
    },
    async advance(byMs) {
      const until = now + byMs
      await nextTurn()
      for (let next = agenda.peek(); next !== undefined && next.at <= until; next = agenda.peek()) {
        fireNext()
        await nextTurn()
      }
      now = until
    },
    async run<T>(work: PromiseLike<T>): Promise<T> {
      let settled = false
      const mark = (): void => {
        settled = true
      }
      work.then(mark, mark)
      await nextTurn()
      // Something may be on its way that no timer tells of: a module that is loaded on demand.
      for (let idle = 0; !settled; idle++) {
        if (agenda.peek() !== undefined) {
          fireNext()
          idle = 0
        } else if (idle === mostIdleTurns) {
          throw new Error('The work waits for something that no timer will bring.')
        }
        await nextTurn()
      }
      return work
    },
  }
}
