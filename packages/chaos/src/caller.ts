import { isRouteFailedError, isStreamInterruptedError } from '@llmfb/core'
import type { Clock, Router } from '@llmfb/core'
import type { Ask, Seen } from './stage.ts'

/** Makes one request and tells how it went; throws what no caller should see. */
export async function ask(router: Router, clock: Clock, { stream = false, leavesAfterMs }: Ask = {}): Promise<Seen> {
  const leaving = new AbortController()
  const timer = leavesAfterMs === undefined ? undefined : clock.schedule(leavesAfterMs, () => leaving.abort(leaving))
  const request = { model: 'chat', messages: [{ role: 'user' as const, content: 'Why the sky?' }] }
  let text = ''
  try {
    if (!stream) {
      const answer = await router.chat(request, { signal: leaving.signal })
      return { how: 'answer', ends: 1, ...answer }
    }
    let end: Seen | undefined
    let ends = 0
    for await (const event of router.stream(request, { signal: leaving.signal })) {
      if (event.type === 'text-delta') text += event.text
      if (event.type === 'reset') text = ''
      if (event.type === 'finish') end = { how: 'answer', text, ends: ++ends, ...event }
    }
    if (end === undefined) throw new Error('The stream ended without an end or an error.')
    return end
  } catch (error) {
    if (error === leaving) return { how: 'left', text, ends: 0, attempts: [], exclusions: [] }
    if (isRouteFailedError(error)) return { how: 'failed', text, ends: 0, ...pick(error) }
    if (isStreamInterruptedError(error)) return { how: 'interrupted', text, ends: 0, ...pick(error) }
    throw error
  } finally {
    timer?.cancel()
  }
}

type Failed = Pick<Seen, 'attempts' | 'exclusions'> & { readonly kind: string; readonly retryAfterMs?: number }

function pick({ kind, attempts, exclusions, retryAfterMs }: Failed): Failed {
  return { kind, attempts, exclusions, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}
