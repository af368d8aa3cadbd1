import { describe, expect, it } from 'vitest'
import { readServerSentEvents, releaseBody } from './index.ts'

/** A body with one event, which ends, fails, goes on, or stays open when it is asked for more. */
function bodyOf(rest: 'close' | 'error' | 'event' | 'stay') {
  const state = { cancelled: false, ended: false }
  let pulls = 0
  const event = new TextEncoder().encode('data: [DONE]\n\n')
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulls += 1
        if (pulls === 1 || rest === 'event') return controller.enqueue(event)
        if (rest === 'stay') return new Promise<void>(() => {})
        state.ended = true
        return rest === 'close' ? controller.close() : controller.error(new Error('reset'))
      },
      cancel() {
        state.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, state }
}

/** A clock whose time comes when it is told to. */
function createClock() {
  const timers = new Map<() => void, number>()
  return {
    timers,
    schedule(delayMs: number, run: () => void) {
      timers.set(run, delayMs)
      return { cancel: () => void timers.delete(run) }
    },
    elapse: () => timers.forEach((_, run) => run()),
  }
}

/** After everything that is due without a timer. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('releaseBody', () => {
  it('lets the body end by itself, and keeps no timer', async () => {
    const { body, state } = bodyOf('close')
    const clock = createClock()
    const events = readServerSentEvents(body)
    await events.next()
    releaseBody(events, clock)
    expect([...clock.timers.values()]).toEqual([250])
    await settled()
    expect(state).toEqual({ cancelled: false, ended: true })
    expect(clock.timers.size).toBe(0)
  })

  it('cancels a body that does not end in time', async () => {
    const { body, state } = bodyOf('stay')
    const clock = createClock()
    const events = readServerSentEvents(body)
    await events.next()
    releaseBody(events, clock)
    await settled()
    expect(state.cancelled).toBe(false)
    clock.elapse()
    await settled()
    expect(state.cancelled).toBe(true)
    expect(clock.timers.size).toBe(0)
  })

  it('cancels a body that goes on', async () => {
    const { body, state } = bodyOf('event')
    const clock = createClock()
    const events = readServerSentEvents(body)
    await events.next()
    releaseBody(events, clock)
    await settled()
    expect(state.cancelled).toBe(true)
    expect(clock.timers.size).toBe(0)
  })

  it('swallows an error of the body', async () => {
    const { body, state } = bodyOf('error')
    const clock = createClock()
    const events = readServerSentEvents(body)
    await events.next()
    releaseBody(events, clock)
    await settled()
    expect(state.ended).toBe(true)
    expect(clock.timers.size).toBe(0)
  })
})
