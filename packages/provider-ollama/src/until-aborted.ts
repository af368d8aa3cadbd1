/** Settles as `pending` does, or rejects with the signal's reason as soon as that aborts; leaves no listener. */
export function untilAborted<T>(signal: AbortSignal, pending: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    void pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
