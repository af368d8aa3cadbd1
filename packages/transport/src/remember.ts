import { untilAborted } from './until-aborted.ts'

/** What a caller says beside what is fetched. */
export interface RememberOptions {
  /** Fetches anew, for this caller alone until it has come. @default false */
  readonly refresh?: boolean
  readonly signal?: AbortSignal
}

interface Fetching<Value> {
  readonly value: Promise<Value>
  readonly controller: AbortController
  waiting: number
}

/**
 * Remembers what was fetched, and has callers at the same time wait for one fetch. Who aborts leaves; the fetch itself is
 * aborted when nobody waits for it any more. One that fails is not remembered.
 */
export function remember<Value, Options extends RememberOptions>(
  fetch: (options: Omit<Options, 'refresh'>) => Promise<Value>,
): (options: Options) => Promise<Value> {
  let known: { readonly value: Value } | undefined
  let underWay: Fetching<Value> | undefined

  function begin(options: Omit<Options, 'refresh'>): Fetching<Value> {
    const controller = new AbortController()
    const fetching = { value: fetch({ ...options, signal: controller.signal }), controller, waiting: 0 }
    const forget = (): void => {
      if (underWay === fetching) underWay = undefined
    }
    fetching.value.then(forget, forget)
    return fetching
  }

  return async ({ refresh = false, ...options }) => {
    const { signal } = options
    signal?.throwIfAborted()
    if (refresh) known = { value: await fetch(options) }
    if (known) return known.value
    const joined = (underWay ??= begin(options))
    joined.waiting += 1
    try {
      const value = await untilAborted(joined.value, signal)
      known ??= { value }
      return value
    } finally {
      joined.waiting -= 1
      if (joined.waiting === 0) {
        if (underWay === joined) underWay = undefined
        joined.controller.abort()
      }
    }
  }
}
