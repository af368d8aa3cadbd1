/** An abort signal that counts who listens to it. */
export interface ListenedSignal {
  readonly signal: AbortSignal
  readonly abort: (reason: unknown) => void
  /** How many listen right now. */
  readonly listeners: () => number
}

export function createListenedSignal(): ListenedSignal {
  const controller = new AbortController()
  const { signal } = controller
  const listening = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  Object.assign(signal, {
    addEventListener: (type: 'abort', listener: () => void, options?: { once?: boolean }) => {
      listening.add(listener)
      const once = (): void => {
        if (options?.once) listening.delete(listener)
      }
      add(type, once)
      add(type, listener, options)
    },
    removeEventListener: (type: 'abort', listener: () => void) => {
      listening.delete(listener)
      remove(type, listener)
    },
  })
  return { signal, abort: (reason) => controller.abort(reason), listeners: () => listening.size }
}
