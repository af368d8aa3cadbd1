import type { Clock, Provider, ProviderContext, StreamEvent } from '@llmfb/core/provider'
import type { OllamaOptions } from '../src/index.ts'
import { ollama } from '../src/index.ts'

const silent = (): void => {}

/** A clock whose timers go off when `fire` says so, and whose date is 2026-11-21T12:00:00Z. */
export interface ManualClock extends Clock {
  /** Lets all timers that are set go off; the delays they were set with. */
  fire(): number[]
  readonly timers: number
}

export function createManualClock(): ManualClock {
  const timers = new Set<{ readonly delayMs: number; readonly run: () => void }>()
  return {
    now: () => 0,
    wallTime: () => Date.UTC(2026, 10, 21, 12),
    schedule(delayMs, run) {
      const timer = { delayMs, run }
      timers.add(timer)
      return { cancel: () => void timers.delete(timer) }
    },
    fire() {
      const due = [...timers]
      timers.clear()
      for (const { run } of due) run()
      return due.map(({ delayMs }) => delayMs)
    },
    get timers() {
      return timers.size
    },
  }
}

/** The provider as a registry makes it. */
export async function connect(options: OllamaOptions, context: Partial<ProviderContext> = {}): Promise<Provider> {
  const plugin = ollama(options)
  return plugin.create({
    id: plugin.manifest.id,
    credentials: {},
    clock: createManualClock(),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...context,
  })
}

export async function collect(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const all: StreamEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

/** What a promise rejects with; fails where it does not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`It should have been rejected, and gave ${JSON.stringify(value)}`)
}
