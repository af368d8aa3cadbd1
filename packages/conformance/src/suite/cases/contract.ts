import type { Capabilities, ChatResponse } from '@llmfb/core/provider'
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { failureOf } from '../expect.ts'
import { join, say, text } from '../spoken.ts'
import { deepFreeze, everythingIn } from '../requests.ts'

/** What holds before anything is sent. */
export const contractCases: readonly Case[] = [
  {
    id: 'contract.manifest',
    title: 'the manifest is plain data and says what is needed',
    async run({ plugin }) {
      const { manifest, specificationVersion } = plugin ?? doesNotApply('it is made without a plugin')
      strictEqual(specificationVersion, 1)
      deepStrictEqual(JSON.parse(JSON.stringify(manifest)), manifest, 'the manifest does not survive JSON')
      match(manifest.id, /^[a-z][a-z0-9-]*$/, 'the id is not lower case')
      ok(manifest.name !== '', 'there is no name')
      for (const { variable, option, description } of manifest.credentials) {
        match(variable, /^[A-Z][A-Z0-9_]*$/, `the variable ${variable}`)
        ok(option !== '' && description !== '', `${variable} has no option or no description`)
      }
      checkCapabilities(manifest.capabilities)
    },
  },
  {
    id: 'contract.provider',
    title: 'the provider has the shape of the contract, for every model',
    async run({ provider, models, plugin }) {
      strictEqual(provider.specificationVersion, 1)
      if (plugin) strictEqual(provider.id, plugin.manifest.id)
      for (const name of ['capabilities', 'chat', 'stream'] as const) strictEqual(typeof provider[name], 'function')
      for (const model of [...models, 'a-model-that-nobody-knows']) checkCapabilities(provider.capabilities(model))
      const facets = {
        embeddings: 'embed',
        models: 'list',
        tokens: 'count',
        health: 'probe',
        warmUp: 'warmUp',
      } as const
      for (const [facet, method] of Object.entries(facets)) {
        const value: unknown = provider[facet as keyof typeof facets]
        if (value === undefined) continue
        strictEqual(typeof (value as Record<string, unknown>)[method], 'function', `${facet}.${method}`)
      }
      if (provider.health) ok(['free', 'metered'].includes(provider.health.cost), 'health.cost')
    },
  },
  {
    id: 'contract.renamed',
    title: 'registered under another id, answers, events and errors have that id',
    async run(bench) {
      const { words } = bench
      const renamed = await connectAs(bench, 'another-id')
      strictEqual(renamed.id, 'another-id')
      bench.reply(say(words))
      for (const { name, call } of bench.ways)
        strictEqual((await call(renamed, bench.ask())).provider, 'another-id', name)
      bench.server.answer({ status: 500, body: 'no' })
      for (const { name, call } of bench.ways) {
        strictEqual((await failureOf(call(renamed, bench.ask()), name)).provider, 'another-id', name)
      }
    },
  },
  {
    id: 'contract.lazy',
    title: 'nothing is sent before it is asked for: not by making a provider, nor by making a stream',
    async run(bench) {
      const { server, capabilities, provider, hasService } = bench
      await bench.connect()
      if (capabilities.streaming) provider.stream(bench.ask())
      if (hasService) bench.reply(say(bench.words))
      // Whatever was sent before these has arrived when they are answered.
      for (let count = 0; count < 3; count++) await provider.chat(bench.ask())
      strictEqual(server.requests.length, hasService ? 3 : 0, 'requests sent')
    },
  },
  {
    id: 'contract.answer',
    title: 'an answer has all that an answer has, and a stream, collected, is what chat answers',
    async run(bench) {
      if (bench.hasService) bench.reply(say(bench.words))
      const answers = await Promise.all(bench.ways.map(({ call }) => call(bench.provider, bench.ask())))
      for (const { text: whole, content, finishReason, warnings, model, provider } of answers) {
        ok(whole !== '' && model !== '', 'the text or the model is empty')
        strictEqual(content.map((part) => (part.type === 'text' ? part.text : '')).join(''), whole, 'text and content')
        ok(['stop', 'length', 'tool-calls', 'content-filter', 'other'].includes(finishReason.unified), 'finishReason')
        deepStrictEqual(warnings, [], 'warnings of a plain request')
        strictEqual(provider, bench.provider.id)
      }
      const [chat, stream = chat] = answers
      const { finishReason: _1, ...whole } = chat ?? {}
      const { finishReason: _2, ...collected } = stream ?? {}
      deepStrictEqual(collected, whole)
    },
  },
  {
    id: 'contract.request-untouched',
    title: 'a request that must not be changed is answered',
    async run(bench) {
      if (bench.hasService) bench.reply(say(bench.words))
      const request = deepFreeze(everythingIn(bench))
      for (const { name, call } of bench.ways) ok((await call(bench.provider, request)).text !== '', name)
    },
  },
  {
    id: 'contract.concurrent',
    title: 'calls at the same time do not get in each other’s way',
    async run(bench) {
      const { words, server, provider, ways } = bench
      server.answer((request) => {
        const asked = words.readRequest(request)
        const asking = asked.type === 'chat' ? JSON.stringify(asked.request.messages) : ''
        const said = say(words, { parts: [text(`answer to ${/question \d+/.exec(asking)?.[0]}`)] })
        if (asked.type !== 'chat' || !asked.stream) return words.answer(said)
        const { headers, events } = words.stream(said)
        return { headers, body: join(events), pieces: { seed: 5 } }
      })
      for (const { call, name } of ways) {
        const questions = Array.from({ length: 8 }, (_, index) => `question ${index}`)
        const answers = await Promise.all(
          questions.map((content) => call(provider, { model: bench.model, messages: [{ role: 'user', content }] })),
        )
        deepStrictEqual(
          answers.map((answer: ChatResponse) => answer.text),
          questions.map((question) => `answer to ${question}`),
          name,
        )
      }
    },
  },
]

async function connectAs(bench: Bench, id: string): Promise<Awaited<ReturnType<Bench['connect']>>> {
  const created = await bench.create({}, { id })
  if (!('manifest' in created)) return created
  const { clock, logger } = bench
  return created.create({ id, credentials: {}, clock, logger })
}

function checkCapabilities(capabilities: Capabilities): void {
  for (const name of ['tools', 'streaming', 'reasoning', 'promptCache', 'assistantPrefill'] as const) {
    strictEqual(typeof capabilities[name], 'boolean', `capabilities.${name}`)
  }
  for (const input of capabilities.input) ok(['image', 'file'].includes(input), `capabilities.input: ${input}`)
  for (const format of capabilities.responseFormats) ok(['json', 'json-schema'].includes(format), format)
  const types: readonly string[] = ['number', 'integer', 'strings', 'string', 'boolean', 'labels', 'reasoning']
  for (const [name, range] of Object.entries(capabilities.parameters))
    ok(types.includes(range.type), `parameters.${name}`)
}
