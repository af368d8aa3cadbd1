import type { ChatRequest, RoutedStreamEvent, Router } from '@llmfb/core'
import { collectStream, createRouter } from '@llmfb/core'
import type { Capabilities } from '@llmfb/core/provider'
import type { Reply } from '@llmfb/core/testing'
import { createFakeClock, createScriptedProvider } from '@llmfb/core/testing'
import type { StaticOptions } from '@llmfb/provider-static'
import { staticAnswers } from '@llmfb/provider-static'
import { expect, it, test } from 'vitest'

const down: Reply = { fail: { kind: 'server', status: 500 } }

/** A router whose one model fails so, and whose local stage answers. */
function route(reply: Reply, options: Partial<StaticOptions> = {}, capabilities: Partial<Capabilities> = {}): Router {
  const model = createScriptedProvider({ id: 'model', replies: reply, capabilities })
  const canned = staticAnswers({ answers: { apology: 'Sorry, all lines are busy.' }, ...options })
  return createRouter({
    providers: [model, canned],
    routes: {
      chat: {
        stages: [
          { name: 'primary', targets: ['model/m'] },
          { name: 'local', targets: ['static/apology'] },
        ],
        retry: { attempts: 0 },
      },
    },
    env: {},
    clock: createFakeClock(),
    random: () => 0.5,
  })
}

const request: ChatRequest = { model: 'chat', messages: [{ role: 'user', content: 'Why the sky?' }] }

it('answers when all others failed, and says that it is a substitute', async () => {
  const answer = await route(down).chat(request)
  expect(answer).toMatchObject({
    text: 'Sorry, all lines are busy.',
    degraded: true,
    provider: 'static',
    model: 'apology',
  })
  expect(answer.attempts).toMatchObject([
    { target: 'model/m', outcome: 'failure', kind: 'server' },
    { target: 'static/apology', outcome: 'success', stage: 'local', reason: 'next-stage', usage: { costUsd: 0 } },
  ])
})

it('streams when all others failed, and says so at the end', async () => {
  const events: RoutedStreamEvent[] = []
  for await (const event of route(down, { chunkSize: 10 }).stream(request)) events.push(event)
  expect(events.map(({ type }) => type)).toEqual(['attempt-failed', 'text-delta', 'text-delta', 'text-delta', 'finish'])
  expect(events.at(-1)).toMatchObject({ degraded: true, route: 'chat', usage: { costUsd: 0 }, attempts: [{}, {}] })
  const collected = await collectStream(route(down).stream(request))
  expect(collected).toMatchObject({ text: 'Sorry, all lines are busy.', degraded: true, provider: 'static' })
})

it('keeps its mark through a route within a route', async () => {
  const inner = route(down)
  const outer = createRouter({ providers: [inner], routes: { outer: ['router/chat'] }, id: 'outer', env: {} })
  expect(await outer.chat({ ...request, model: 'outer' })).toMatchObject({
    degraded: true,
    text: 'Sorry, all lines are busy.',
  })
  expect(await collectStream(outer.stream({ ...request, model: 'outer' }))).toMatchObject({ degraded: true })
})

it('stays out of the way, and leaves no mark, while a model answers', async () => {
  const answer = await route({ text: ['blue'] }).chat(request)
  expect(answer.text).toBe('blue')
  expect('degraded' in answer).toBe(false)
})

test.each<[string, Partial<ChatRequest>]>([
  [
    'a picture',
    { messages: [{ role: 'user', content: [{ type: 'image', image: { url: 'https://x.example/y.png' } }] }] },
  ],
  ['a file', { messages: [{ role: 'user', content: [{ type: 'file', file: { url: 'https://x.example/y.pdf' } }] }] }],
  ['tools', { tools: [{ name: 'look', parameters: { type: 'object' } }], parallelToolCalls: false }],
  ['sampling', { temperature: 2, topP: 0, topK: 1, seed: -1, presencePenalty: -2, frequencyPenalty: 2 }],
  ['ends', { maxTokens: 1, stop: ['a', 'b', 'c', 'd', 'e', 'f'] }],
  ['reasoning', { reasoning: { effort: 'max', budgetTokens: 100_000 } }],
  ['labels', { user: 'u', metadata: { team: 't' } }],
])('%s: nothing that a request asks for rules it out', async (_, more) => {
  const { text, exclusions } = await route(down).chat({ ...request, ...more })
  expect(text).toBe('Sorry, all lines are busy.')
  expect(exclusions).toEqual([])
})

it('has room for a prompt that was too long elsewhere', async () => {
  const router = route({ fail: { kind: 'context-length', status: 400 } }, {}, { contextWindow: 1_000_000 })
  expect(await router.chat(request)).toMatchObject({ degraded: true })
})

it('does not answer with prose where JSON was asked for, and the ledger says why', async () => {
  const error: unknown = await route(down)
    .chat({ ...request, responseFormat: { type: 'json' } })
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'all-attempts-failed',
    kind: 'server',
    exclusions: [
      {
        target: 'static/apology',
        reason: 'not-capable',
        detail: "static/apology does not answer with response format 'json'",
      },
    ],
  })
})

it('answers with JSON where its text is JSON, and with JSON of a schema where its author vouches for it', async () => {
  const text = '{"answer":null}'
  const json = { responseFormat: { type: 'json' } } as const
  const schema = { responseFormat: { type: 'json-schema', schema: { type: 'object' } } } as const
  const plain = route(down, { answers: { apology: text } })
  expect(await plain.chat({ ...request, ...json })).toMatchObject({ text, degraded: true })
  await expect(plain.chat({ ...request, ...schema })).rejects.toMatchObject({
    exclusions: [{ target: 'static/apology', reason: 'not-capable' }],
  })
  const vouched = route(down, { answers: { apology: { text, responseFormats: ['json', 'json-schema'] } } })
  expect(await vouched.chat({ ...request, ...schema })).toMatchObject({ text, degraded: true })
})

it('fails as one line of the ledger when its function throws; the failures before tell more', async () => {
  const router = route(down, {
    answers: {
      apology: () => {
        throw new Error('Why the sky?')
      },
    },
  })
  const error = (await router.chat(request).catch((reason: unknown) => reason)) as { readonly kind: string }
  expect(error).toMatchObject({ kind: 'server', attempts: [{ kind: 'server' }, { kind: 'unknown' }] })
  expect(JSON.stringify(error)).not.toContain('sky')
})

it('is named directly as well', async () => {
  expect(await route(down).chat({ ...request, model: 'static/apology' })).toMatchObject({ degraded: true })
  await expect(route(down).chat({ ...request, model: 'static/excuse' })).rejects.toMatchObject({
    kind: 'model-not-found',
  })
})
