import { testPackage } from '@llmfb/conformance'
import type { CallOptions, ChatRequest, Provider, ProviderContext, StreamEvent } from '@llmfb/core/provider'
import { collectStream, isProviderError, systemClock } from '@llmfb/core/provider'
import type { StaticOptions } from '@llmfb/provider-static'
import { manifest, staticAnswers } from '@llmfb/provider-static'
import * as surface from '@llmfb/provider-static'
import * as fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const context: ProviderContext = { id: 'static', credentials: {}, clock: systemClock, logger: silent }

async function make(options: StaticOptions): Promise<Provider> {
  return staticAnswers(options).create(context)
}

function ask(model: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return { model, messages: [{ role: 'user', content: 'A secret question' }], ...more }
}

async function read(events: AsyncIterable<StreamEvent>): Promise<readonly StreamEvent[]> {
  const all: StreamEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

/** What it fails with, for a whole answer and for a stream. */
async function failuresOf(
  provider: Provider,
  request: ChatRequest,
  options?: CallOptions,
): Promise<readonly unknown[]> {
  const errors: unknown[] = []
  await provider.chat(request, options).catch((error: unknown) => errors.push(error))
  await read(provider.stream(request, options)).catch((error: unknown) => errors.push(error))
  return errors
}

const nothing = {
  uncachedInputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
}

testPackage(test, {
  folder: join(import.meta.dirname, '..'),
  surface,
  exports: ['manifest', 'staticAnswers'],
  options: { answers: { apology: 'Sorry.' } },
})

describe('the plugin', () => {
  it('is data that needs nothing', () => {
    expect(manifest).toMatchObject({ id: 'static', tier: 'beta', credentials: [] })
  })

  it('takes another id', async () => {
    const plugin = staticAnswers({ id: 'sorry', answers: { a: 'A' } })
    expect(plugin.manifest.id).toBe('sorry')
    const provider = await plugin.create({ ...context, id: 'sorry' })
    expect(await provider.chat(ask('a'))).toMatchObject({ provider: 'sorry' })
  })

  it('says of each answer which formats it is good for, before it is loaded and after', async () => {
    const answers = {
      prose: 'Sorry.',
      json: '{"answer":null}',
      list: ' [1, 2] ',
      vouched: { text: '{"answer":null}', responseFormats: ['json', 'json-schema'] },
      made: () => '{}',
      madeJson: { text: () => '{}', responseFormats: ['json'] },
      withheld: { text: '{}', responseFormats: [] },
    } as const
    const plugin = staticAnswers({ answers })
    const provider = await plugin.create(context)
    const expected = {
      prose: [],
      json: ['json'],
      list: ['json'],
      vouched: ['json', 'json-schema'],
      made: [],
      madeJson: ['json'],
      withheld: [],
    }
    expect(
      Object.fromEntries(
        plugin.manifest.models?.map((model) => [model.match, model.capabilities.responseFormats]) ?? [],
      ),
    ).toEqual(expected)
    for (const [name, responseFormats] of Object.entries(expected)) {
      expect(provider.capabilities(name)).toEqual({ ...manifest.capabilities, responseFormats })
    }
  })
})

describe('an answer', () => {
  it('is the canned text, marked as degraded and free of charge', async () => {
    const provider = await make({ answers: { apology: 'Sorry, try later.' } })
    expect(await provider.chat(ask('apology'))).toEqual({
      text: 'Sorry, try later.',
      content: [{ type: 'text', text: 'Sorry, try later.' }],
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: nothing,
      warnings: [],
      model: 'apology',
      provider: 'static',
      degraded: true,
    })
  })

  it('is the same streamed, in pieces that tear no character', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 20 }), async (answer, chunkSize) => {
        const provider = await make({ answers: { a: answer }, chunkSize })
        const events = await read(provider.stream(ask('a')))
        const pieces = events.flatMap((event) => (event.type === 'text-delta' ? [Array.from(event.text)] : []))
        expect(pieces.flat()).toEqual(Array.from(answer))
        expect(pieces.slice(0, -1).every(({ length }) => length === chunkSize)).toBe(true)
        expect(events.at(-1)).toMatchObject({ type: 'finish', degraded: true, usage: nothing })
        expect(await collectStream(provider.stream(ask('a')))).toEqual(await provider.chat(ask('a')))
      }),
    )
  })

  it('comes in pieces of 40 characters unless told otherwise', async () => {
    const provider = await make({ answers: { a: 'x'.repeat(100) } })
    const lengths = (await read(provider.stream(ask('a')))).map((event) => 'text' in event && event.text.length)
    expect(lengths).toEqual([40, 40, 20, false])
  })

  it('is made by a function of the request, which gets the signal', async () => {
    const { signal } = new AbortController()
    const seen: unknown[] = []
    const provider = await make({
      answers: {
        echo: async (request, options) => {
          seen.push(options.signal)
          await Promise.resolve()
          return `You said ${request.messages.length} things.`
        },
      },
    })
    expect(await provider.chat(ask('echo'), { signal })).toMatchObject({ text: 'You said 1 things.', degraded: true })
    expect(await collectStream(provider.stream(ask('echo')))).toMatchObject({ text: 'You said 1 things.' })
    expect(seen).toEqual([signal, undefined])
  })

  it('says so where a tool call was demanded, and only there', async () => {
    const provider = await make({ answers: { a: 'A' } })
    const tools = [{ name: 'look', parameters: { type: 'object' } }]
    for (const toolChoice of ['required', { tool: 'look' }] as const) {
      const expected = [{ type: 'unsupported', parameter: 'toolChoice' }]
      expect((await provider.chat(ask('a', { tools, toolChoice }))).warnings).toMatchObject(expected)
      const { warnings } = await collectStream(provider.stream(ask('a', { tools, toolChoice })))
      expect(warnings).toMatchObject(expected)
    }
    for (const toolChoice of ['auto', 'none'] as const) {
      expect((await provider.chat(ask('a', { tools, toolChoice }))).warnings).toEqual([])
    }
  })
})

describe('an abort', () => {
  const reason = new Error('enough')

  it('comes before anything else', async () => {
    let calls = 0
    const provider = await make({ answers: { a: () => `${++calls}` } })
    expect(await failuresOf(provider, ask('a'), { signal: AbortSignal.abort(reason) })).toEqual([reason, reason])
    expect(calls).toBe(0)
  })

  it('ends a stream between two pieces', async () => {
    const controller = new AbortController()
    const provider = await make({ answers: { a: 'abc' }, chunkSize: 1 })
    const seen: string[] = []
    const reading = (async () => {
      for await (const event of provider.stream(ask('a'), { signal: controller.signal })) {
        if (event.type === 'text-delta') seen.push(event.text)
        if (seen.length === 2) controller.abort(reason)
      }
    })()
    await expect(reading).rejects.toBe(reason)
    expect(seen).toEqual(['a', 'b'])
  })

  it('leaves a function that does not heed it, and is not blamed on one that does', async () => {
    for (const answer of [
      () => new Promise<string>(() => undefined),
      (_: ChatRequest, { signal }: CallOptions) =>
        new Promise<string>((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('woken')))
        }),
    ]) {
      const controller = new AbortController()
      const provider = await make({ answers: { slow: answer } })
      const failures = failuresOf(provider, ask('slow'), { signal: controller.signal })
      controller.abort(reason)
      expect(await failures).toEqual([reason, reason])
    }
  })
})

describe('a failure', () => {
  it('of a model that is not there names those that are, the likest first', async () => {
    const provider = await make({ answers: { busy: 'B', apology: 'A' } })
    for (const error of await failuresOf(provider, ask('apolgy'))) {
      expect(isProviderError(error)).toBe(true)
      expect(error).toMatchObject({
        kind: 'model-not-found',
        provider: 'static',
        model: 'apolgy',
        message: "static/apolgy: there is no such answer; there are 'apology', 'busy'.",
      })
    }
  })

  it('lists a few names of many', async () => {
    const names = Array.from({ length: 500 }, (_, index) => [`answer-${index}`, 'A'])
    const provider = await make({ answers: Object.fromEntries(names) })
    const [error] = await failuresOf(provider, ask('answer-49x'))
    expect((error as Error).message).toMatch(/there are 'answer-49', 'answer-490', .* and 490 more\.$/)
  })

  it('takes no name of an object for an answer', async () => {
    const provider = await make({ answers: { a: 'A' } })
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(await failuresOf(provider, ask(name))).toMatchObject([
        { kind: 'model-not-found' },
        { kind: 'model-not-found' },
      ])
    }
  })

  it.each<[string, () => unknown, string, string]>([
    [
      'throws',
      () => {
        throw new RangeError('A secret question')
      },
      'unknown',
      'its function threw RangeError',
    ],
    ['rejects', () => Promise.reject(new TypeError('A secret question')), 'unknown', 'its function threw TypeError'],
    [
      'rejects with what is no error',
      () => Promise.reject('A secret question'),
      'unknown',
      'its function threw a string',
    ],
    ['returns no text', () => 42, 'malformed', 'its function returned no text'],
    ['returns nothing', () => Promise.resolve(''), 'empty', 'its function returned an empty text'],
  ])('of a function that %s shows nothing of the conversation', async (_, run, kind, what) => {
    const provider = await make({ answers: { made: run as () => string } })
    const errors = await failuresOf(provider, ask('made'))
    expect(errors).toHaveLength(2)
    for (const error of errors) {
      expect(error).toMatchObject({ kind, provider: 'static', model: 'made', message: `static/made: ${what}.` })
      const { cause, stack } = error as Error
      expect(`${stack} ${String((cause as Error)?.message)} ${String((cause as Error)?.stack)}`).not.toContain('secret')
    }
  })

  it('of a function tells where it was thrown', async () => {
    const provider = await make({
      answers: {
        made: function pickAnswer() {
          throw new RangeError('A secret question')
        },
      },
    })
    const [error] = await failuresOf(provider, ask('made'))
    expect(((error as Error).cause as Error).stack).toMatch(/^RangeError\n +at .*pickAnswer/)
  })

  it('of a function that promised JSON and gave prose counts only where JSON was asked for', async () => {
    const text = (): string => 'Sorry.'
    const provider = await make({ answers: { made: { text, responseFormats: ['json', 'json-schema'] } } })
    expect(await provider.chat(ask('made', { responseFormat: { type: 'text' } }))).toMatchObject({ text: 'Sorry.' })
    for (const responseFormat of [{ type: 'json' }, { type: 'json-schema', schema: {} }] as const) {
      expect(await failuresOf(provider, ask('made', { responseFormat }))).toMatchObject([
        { kind: 'malformed' },
        { kind: 'malformed' },
      ])
    }
  })
})

describe('options', () => {
  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ['none', undefined, [['options', 'must be an object { answers }']]],
    ['no answers', {}, [['options.answers', 'must be an object of at least one answer by name']]],
    ['empty answers', { answers: {} }, [['options.answers', 'must be an object of at least one answer by name']]],
    ['a list', { answers: ['A'] }, [['options.answers', 'must be an object of at least one answer by name']]],
    [
      'an empty text',
      { answers: { a: '', 'b c': { text: '' } } },
      [
        ['options.answers.a', 'must be a text that is not empty, or a function that makes one'],
        ['options.answers["b c"].text', 'must be a text that is not empty, or a function that makes one'],
      ],
    ],
    [
      'a number',
      { answers: { a: 1 } },
      [['options.answers.a', 'must be a text that is not empty, or a function that makes one']],
    ],
    [
      'names that are patterns',
      { answers: { 'a*': 'A', '': 'B' } },
      [
        ['options.answers["a*"]', "must have a name, without '*', which stands for any characters"],
        ['options.answers[""]', "must have a name, without '*', which stands for any characters"],
      ],
    ],
    [
      'formats',
      { answers: { a: { text: '{}', responseFormats: ['xml'] }, b: { text: 'B', responseFormats: ['json'] } } },
      [
        ['options.answers.a.responseFormats', "must be an array of 'json' and 'json-schema'"],
        ['options.answers.b.responseFormats', 'must be empty, since the text is not JSON'],
      ],
    ],
    [
      'words that mean nothing',
      { answer: {}, answers: { a: { text: 'A', format: 'json' } }, chunkSize: 0 },
      [
        ['options.answer', 'is not known; known are id, answers, chunkSize'],
        ['options.chunkSize', 'must be a whole number of at least 1'],
        ['options.answers.a.format', 'is not known; known are text, responseFormats'],
      ],
    ],
    [
      'half a piece',
      { answers: { a: 'A' }, chunkSize: 1.5 },
      [['options.chunkSize', 'must be a whole number of at least 1']],
    ],
  ])('%s: all that is wrong, each with its path', (_, options, issues) => {
    let thrown: unknown
    try {
      staticAnswers(options as StaticOptions)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({
      code: 'invalid-config',
      issues: issues.map(([path, problem]) => ({ path, problem })),
    })
  })
})
