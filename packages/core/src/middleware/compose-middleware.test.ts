import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../provider/request.ts'
import type { RoutedResponse, RoutedStreamEvent } from '../provider/routed.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { composeMiddleware } from './compose-middleware.ts'
import type { Handlers } from './compose-middleware.ts'
import type { Middleware, MiddlewareContext } from './middleware.ts'

const request: ChatRequest = { model: '', messages: [] }
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const context: MiddlewareContext = { signal: new AbortController().signal, clock: createFakeClock(), logger }

function answer(text: string): RoutedResponse {
  return {
    text,
    content: [{ type: 'text', text }],
    finishReason: { unified: 'stop', raw: 'stop' },
    warnings: [],
    model: 'm',
    provider: 'p',
    route: 'r',
    attempts: [],
    exclusions: [],
    latencyMs: 0,
  }
}

/** Answers with the model it was asked for, letter by letter where streamed, and notes how it went. */
function createInnermost(): Handlers & {
  readonly seen: { readonly model: string; readonly context: MiddlewareContext }[]
  ended: number
} {
  const innermost = {
    seen: [] as { readonly model: string; readonly context: MiddlewareContext }[],
    ended: 0,
    async chat({ model }: ChatRequest, given: MiddlewareContext): Promise<RoutedResponse> {
      innermost.seen.push({ model, context: given })
      return answer(model)
    },
    async *stream(
      { model }: ChatRequest,
      given: MiddlewareContext,
    ): AsyncGenerator<RoutedStreamEvent, void, undefined> {
      innermost.seen.push({ model, context: given })
      try {
        for (const letter of model) yield { type: 'text-delta', text: letter }
      } finally {
        innermost.ended++
      }
    },
  }
  return innermost
}

/** Writes its name behind the model on the way in and before the text on the way out. */
function tracing(name: string, { chat = true, stream = true } = {}): Middleware {
  return {
    name,
    ...(chat && {
      async chat(asked: ChatRequest, next: (request: ChatRequest) => Promise<RoutedResponse>) {
        const { text } = await next({ ...asked, model: `${asked.model}${name}` })
        return answer(`${name}${text}`)
      },
    }),
    ...(stream && {
      async *stream(asked: ChatRequest, next: (request: ChatRequest) => AsyncIterable<RoutedStreamEvent>) {
        yield { type: 'text-delta' as const, text: name }
        yield* next({ ...asked, model: `${asked.model}${name}` })
      },
    }),
  }
}

async function textOf(events: AsyncIterable<RoutedStreamEvent>): Promise<string> {
  let text = ''
  for await (const event of events) if (event.type === 'text-delta') text += event.text
  return text
}

const layer = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), chat: fc.boolean(), stream: fc.boolean() })

describe('composeMiddleware', () => {
  it('costs nothing without any', () => {
    const innermost = createInnermost()
    expect(composeMiddleware([], innermost)).toBe(innermost)
  })

  it('passes by those that wrap only the other sort', () => {
    const innermost = createInnermost()
    expect(composeMiddleware([tracing('a', { chat: false })], innermost).chat).toBe(innermost.chat)
    expect(composeMiddleware([tracing('a', { stream: false })], innermost).stream).toBe(innermost.stream)
  })

  it('lets the first of the list have a request first and its answer last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(layer, { maxLength: 8 }), async (layers) => {
        const innermost = createInnermost()
        const { chat, stream } = composeMiddleware(
          layers.map(({ name, ...members }) => tracing(name, members)),
          innermost,
        )
        const namesOf = (sort: 'chat' | 'stream'): string => layers.map((one) => (one[sort] ? one.name : '')).join('')
        const chatted = namesOf('chat')
        const streamed = namesOf('stream')
        expect((await chat(request, context)).text).toBe(chatted + chatted)
        expect(await textOf(stream(request, context))).toBe(streamed + streamed)
        expect(innermost.seen).toEqual([
          { model: chatted, context },
          { model: streamed, context },
        ])
      }),
    )
  })

  it('gives the same context to all of them', async () => {
    const seen: unknown[] = []
    const looking = (name: string): Middleware => ({
      name,
      chat: (asked, next, given) => (seen.push(given), next(asked)),
      stream: (asked, next, given) => (seen.push(given), next(asked)),
    })
    const { chat, stream } = composeMiddleware([looking('a'), looking('b')], createInnermost())
    await chat(request, context)
    await textOf(stream(request, context))
    expect(seen).toHaveLength(4)
    expect(seen.every((given) => given === context)).toBe(true)
  })

  it('calls a middleware as a method of its own', async () => {
    class Counter {
      readonly name = 'counter'
      count = 0
      chat(asked: ChatRequest, next: (passed: ChatRequest) => Promise<RoutedResponse>): Promise<RoutedResponse> {
        this.count++
        return next(asked)
      }
    }
    const counter = new Counter()
    const { chat } = composeMiddleware([counter], createInnermost())
    await chat(request, context)
    await chat(request, context)
    expect(counter.count).toBe(2)
  })

  it('lets a middleware ask several times, or not at all', async () => {
    const thrice: Middleware = {
      name: 'thrice',
      async chat(asked, next) {
        const answers = await Promise.all(['x', 'y', 'z'].map((model) => next({ ...asked, model })))
        return answer(answers.map(({ text }) => text).join(''))
      },
      async *stream(asked, next) {
        for (const model of ['x', 'y', 'z']) yield* next({ ...asked, model })
      },
    }
    const cached: Middleware = {
      name: 'cached',
      chat: () => Promise.resolve(answer('cached')),
      async *stream() {
        yield { type: 'text-delta', text: 'cached' }
      },
    }
    const innermost = createInnermost()
    const asking = composeMiddleware([thrice, tracing('a')], innermost)
    expect((await asking.chat(request, context)).text).toBe('axaayaaza')
    expect(await textOf(asking.stream(request, context))).toBe('axaayaaza')
    expect(innermost.seen).toHaveLength(6)
    const silent = composeMiddleware([cached], innermost)
    expect((await silent.chat(request, context)).text).toBe('cached')
    expect(await textOf(silent.stream(request, context))).toBe('cached')
    expect(innermost.seen).toHaveLength(6)
  })

  it('rejects with whatever a middleware throws, at once or later; one further out may mend it', async () => {
    const failure = new Error('no')
    const throwing: Middleware = {
      name: 'throwing',
      chat: () => {
        throw failure
      },
      stream: () => {
        throw failure
      },
    }
    const rejecting: Middleware = {
      name: 'rejecting',
      chat: () => Promise.reject(failure),
      async *stream() {
        yield* await Promise.reject<AsyncIterable<RoutedStreamEvent>>(failure)
      },
    }
    const mending: Middleware = {
      name: 'mending',
      chat: (asked, next) => next(asked).catch(() => answer('mended')),
      async *stream(asked, next) {
        try {
          yield* next(asked)
        } catch {
          yield { type: 'text-delta', text: 'mended' }
        }
      },
    }
    for (const failing of [throwing, rejecting]) {
      const { chat, stream } = composeMiddleware([tracing('a'), failing], createInnermost())
      await expect(chat(request, context)).rejects.toBe(failure)
      await expect(textOf(stream(request, context))).rejects.toBe(failure)
      const mended = composeMiddleware([mending, failing], createInnermost())
      expect((await mended.chat(request, context)).text).toBe('mended')
      expect(await textOf(mended.stream(request, context))).toBe('mended')
    }
    // Nothing is thrown where nobody reads.
    composeMiddleware([throwing], createInnermost()).stream(request, context)
  })

  it('ends the stream within when its reader leaves early, and opens none that nobody reads', async () => {
    const innermost = createInnermost()
    const { stream } = composeMiddleware([tracing('a'), tracing('b')], innermost)
    const asked = { ...request, model: 'xyz' }
    let read = ''
    for await (const event of stream(asked, context)) {
      if (event.type === 'text-delta') read += event.text
      if (read === 'abxy') break
    }
    expect({ read, ended: innermost.ended }).toEqual({ read: 'abxy', ended: 1 })
    stream(asked, context)
    for await (const _ of stream(asked, context)) break
    expect(innermost.seen).toHaveLength(1)
  })
})
