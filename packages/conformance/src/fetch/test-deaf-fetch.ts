import type { CallOptions, ChatResponse, Provider } from '@llmfb/core/provider'
import { collectStream } from '@llmfb/core/provider'
import { strictEqual } from 'node:assert/strict'
import { connectSubject, type ServiceOptions, type Subject } from '../suite/bench.ts'
import { facetCalls } from '../suite/facet-calls.ts'
import { failureOf, rejectionOf, within } from '../suite/expect.ts'
import type { Test } from '../test.ts'

/** What `testDeafFetch` tests. */
export interface DeafFetchTests {
  /** Makes the provider under test, as for `testProvider`. Nobody listens at its address, and nothing needs to. */
  readonly create: Subject['create']
  readonly model: string
}

const reason = new Error('the caller has left')

/**
 * Declares tests for providers that take a `fetch`: with one that does not heed its signal, as some that people write do
 * not, calls end when their callers leave and when their time is over, and what comes late is closed.
 */
export function testDeafFetch(test: Test, { create, model }: DeafFetchTests): void {
  const connect = async (options: Partial<ServiceOptions>): Promise<Provider> => {
    const bench = await connectSubject({ create, models: [model] }, 'http://127.0.0.1:9')
    return await bench.connect(options)
  }
  const request = { model, messages: [{ role: 'user', content: 'Hello' }] } as const
  const ways: Readonly<Record<string, (provider: Provider, options?: CallOptions) => Promise<ChatResponse>>> = {
    chat: (provider, options) => provider.chat(request, options),
    stream: (provider, options) => collectStream(provider.stream(request, options)),
  }
  test('deaf fetch, facets: they end when their caller leaves before the headers, and an answer that comes late is closed', async () => {
    const names = facetCalls(await connect({}), { model, embeddingModel: model }).map(([name]) => name)
    for (const [at, name] of names.entries()) {
      const callFacet = (provider: Provider, options: CallOptions): Promise<unknown> => {
        const call = facetCalls(provider, { model, embeddingModel: model })[at]?.[1]
        return call ? call(provider, undefined, options) : Promise.resolve()
      }
      await expectLateAnswerClosed(connect, callFacet, name)
    }
  })

  for (const [way, call] of Object.entries(ways)) {
    test(`deaf fetch, ${way}: it ends when its caller leaves before the headers, and an answer that comes late is closed`, async () => {
      await expectLateAnswerClosed(connect, call, way)
    })

    test(`deaf fetch, ${way}: it ends after timeoutMs`, async () => {
      const provider = await connect({ timeoutMs: 1, fetch: () => new Promise(() => {}) })
      await failureOf(call(provider), way, ['timeout'])
    })

    for (const status of [200, 500]) {
      test(`deaf fetch, ${way}: it ends when its caller leaves within the body of a ${status}`, async () => {
        const controller = new AbortController()
        const { body, asked, closed } = endless()
        const provider = await connect({ fetch: async () => new Response(body, { status }) })
        const settled = rejectionOf(call(provider, { signal: controller.signal }), way)
        await within(asked, 'reading the answer')
        controller.abort(reason)
        strictEqual(await settled, reason)
        await within(closed, 'closing the answer')
      })
    }

    test(`deaf fetch, ${way}: an error whose body does not end is told by its status after timeoutMs`, async () => {
      const { body, closed } = endless()
      const answer = new Response(body, { status: 429, headers: { 'retry-after': '3' } })
      const provider = await connect({ timeoutMs: 1, fetch: async () => answer })
      const failure = await failureOf(call(provider), way, ['rate-limit'])
      strictEqual(failure.status, 429)
      strictEqual(failure.retryAfterMs, 3000)
      await within(closed, 'closing the answer')
    })
  }
}

async function expectLateAnswerClosed(
  connect: (options: Partial<ServiceOptions>) => Promise<Provider>,
  call: (provider: Provider, options: CallOptions) => Promise<unknown>,
  what: string,
): Promise<void> {
  const controller = new AbortController()
  let answer = (_response: Response): void => {}
  const pending = new Promise<Response>((resolve) => (answer = resolve))
  const provider = await connect({
    fetch() {
      controller.abort(reason)
      return pending
    },
  })
  strictEqual(await rejectionOf(call(provider, { signal: controller.signal }), what), reason)
  const { body, closed } = endless()
  answer(new Response(body))
  await within(closed, `${what}: closing the answer`)
}

/** A body that never ends, and takes for ever to close. */
function endless(): { body: ReadableStream<Uint8Array>; asked: Promise<void>; closed: Promise<void> } {
  let ask = (): void => {}
  let close = (): void => {}
  const asked = new Promise<void>((resolve) => (ask = resolve))
  const closed = new Promise<void>((resolve) => (close = resolve))
  const body = new ReadableStream<Uint8Array>(
    {
      pull() {
        ask()
        return new Promise(() => {})
      },
      cancel() {
        close()
        return new Promise(() => {})
      },
    },
    { highWaterMark: 0 }, // nothing is pulled before somebody reads
  )
  return { body, asked, closed }
}
