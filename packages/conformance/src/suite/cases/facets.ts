import type { FailureKind, Provider, TokensFacet } from '@llmfb/core/provider'
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { SpokenFacets } from '../../dialect/wire-dialect.ts'
import type { WireRequest } from '../../wire/wire-request.ts'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { failureOf } from '../expect.ts'
import { facetCalls } from '../facet-calls.ts'
import { toAnswer } from './failures.ts'

const inputs = ['one', 'двa', '三']
const vectors = [
  [0.5, -0.25, 1],
  [0, 0.125, -2],
  [1, 2, 3],
]

/** Seconds for whoever makes a list as long as that, and no more memory than there is. */
const farAway = 100_000_000

/** What a provider can do beside chatting. */
export const facetCases: readonly Case[] = [
  {
    id: 'facets.embeddings',
    title: 'texts become vectors, one each and in order, with the tokens they took',
    async run(bench) {
      const embeddings = needs(bench, 'embeddings')
      const say = spoken(bench, 'embeddings')
      const model = bench.embeddingModel
      const asked = (request: WireRequest): readonly string[] => {
        const read = bench.words.readRequest(request)
        return read.type === 'embeddings' ? read.request.inputs : []
      }
      // Services that take one text at a time are asked several times.
      bench.server.answer((request) => {
        const texts = asked(request)
        const found = texts.map((text) => vectors[inputs.indexOf(text)] ?? [])
        return say(found, request, 4 * texts.length)
      })
      const response = await embeddings.embed({ model, inputs })
      deepStrictEqual(response.embeddings, vectors)
      strictEqual(response.provider, bench.provider.id)
      if (response.usage) strictEqual(response.usage.uncachedInputTokens, 12)
      deepStrictEqual(bench.server.requests.flatMap(asked).toSorted(), inputs.toSorted(), 'texts on the wire')
      await embeddings.embed({ model, inputs, dimensions: 256 })
      const last = bench.asked()
      ok(last.type === 'embeddings')
      strictEqual(last.request.model, model, 'the model on the wire')
      strictEqual(last.request.dimensions, 256, 'dimensions on the wire')
      for (const wrong of [[], [[]]]) {
        bench.server.answer((request) => say(wrong, request, 12))
        await failureOf(embeddings.embed({ model, inputs }), JSON.stringify(wrong), ['malformed', 'empty'])
      }
    },
  },
  {
    id: 'facets.embedding-index',
    title: 'a vector whose place is none of the texts’ is malformed, at once',
    async run(bench) {
      const embeddings = needs(bench, 'embeddings')
      const say = spoken(bench, 'embeddings')
      const model = bench.embeddingModel
      for (const index of [1, -1, 0.5, 'first', farAway]) {
        let told = 0
        const replaced = (name: string, value: unknown): unknown => {
          if (name !== 'index') return value
          told += 1
          return index
        }
        bench.server.answer((request) => {
          const answer = say([[1, 2, 3]], request, 4)
          if (typeof answer.body !== 'string' || !answer.body.startsWith('{')) return answer
          return { ...answer, body: JSON.stringify(JSON.parse(answer.body), replaced) }
        })
        const before = bench.clock.now()
        const outcome: unknown = await embeddings.embed({ model, inputs: ['one'] }).catch((error: unknown) => error)
        if (told === 0) doesNotApply('the service tells of no places')
        await failureOf(Promise.reject(outcome), `an index of ${index}`, ['malformed'])
        const tookMs = bench.clock.now() - before
        ok(tookMs < 1500, `an index of ${index} took ${Math.round(tookMs)} ms`)
      }
    },
  },
  {
    id: 'facets.models',
    title: 'models are listed, remembered, and fetched again when asked',
    async run(bench) {
      const models = needs(bench, 'models')
      const say = spoken(bench, 'models')
      const ids = ['model-a', 'model-b:latest', 'org/model-c']
      bench.server.answer((request) => say(ids, request))
      const [listed = [], ...others] = await Promise.all(Array.from({ length: 5 }, () => models.list()))
      for (const other of others) strictEqual(other, listed, 'those who ask at the same time got several lists')
      const asked = bench.server.requests.map(({ method, path }) => `${method} ${path}`)
      strictEqual(asked.length, new Set(asked).size, 'the same was asked several times at once')
      deepStrictEqual(
        listed.map(({ id }) => id),
        ids,
      )
      const sent = bench.server.requests.length
      await models.list()
      strictEqual(bench.server.requests.length, sent, 'what is known was fetched again')
      bench.server.answer((request) => say(['model-d'], request))
      deepStrictEqual(
        (await models.list({ refresh: true })).map(({ id }) => id),
        ['model-d'],
      )
      bench.server.answer({ status: 500, body: '' })
      await failureOf(models.list({ refresh: true }), 'a refresh that fails', ['server'])
      deepStrictEqual(
        (await models.list()).map(({ id }) => id),
        ['model-d'],
        'a refresh that failed lost what was known',
      )
    },
  },
  {
    id: 'facets.tokens',
    title: 'tokens of a prompt are counted, by the method that is told',
    async run(bench) {
      const tokens = tokensOf(bench)
      if (tokens.method === 'exact') {
        const say = spoken(bench, 'tokens')
        bench.server.answer((request) => say(4711, request))
      }
      const { tokens: counted, method } = await tokens.count(bench.ask())
      strictEqual(method, tokens.method, 'the method')
      if (method === 'exact') {
        strictEqual(counted, 4711)
        const asked = bench.asked()
        ok(asked.type === 'tokens', 'what was asked')
        ok(bench.model.endsWith(asked.request.model), 'the model on the wire')
      } else {
        strictEqual(bench.server.requests.length, 0, 'a count that is not exact asked the service')
        await expectGrowth(tokens, bench, counted)
      }
    },
  },
  {
    id: 'facets.tokens-estimate',
    title: 'where a service answers that it has no counter, tokens are estimated, and that is said',
    async run(bench) {
      const tokens = tokensOf(bench)
      for (const status of [403, 404, 501]) {
        bench.server.answer({ status, body: '' })
        const { tokens: counted, method } = await tokens.count(bench.ask())
        strictEqual(method, tokens.method === 'local' ? 'local' : 'estimate', `${status}: the method`)
        await expectGrowth(tokens, bench, counted)
      }
    },
  },
  {
    id: 'facets.health',
    title: 'a probe resolves where the service is well, and rejects where it is not',
    async run(bench) {
      const health = needs(bench, 'health')
      const say = spoken(bench, 'health')
      bench.server.answer((request) => say(request))
      strictEqual(await health.probe(), undefined)
      for (const status of [401, 500, 503]) {
        bench.server.answer({ status, body: '' })
        strictEqual((await failureOf(health.probe(), String(status))).status, status)
      }
      bench.server.answer({ headers: { 'content-type': 'text/html' }, body: '<html>' })
      await failureOf(health.probe(), 'a page')
    },
  },
  {
    id: 'facets.warm-up',
    title: 'a model is loaded before it is needed',
    async run(bench) {
      const facet = needs(bench, 'warmUp')
      const say = spoken(bench, 'warmUp')
      bench.server.answer((request) => say(request))
      strictEqual(await facet.warmUp(bench.model), undefined)
      ok(JSON.stringify(bench.server.requests).includes(bench.model), 'the model is not on the wire')
      bench.server.answer({ status: 500, body: '' })
      await failureOf(facet.warmUp(bench.model), 'a load that fails', ['server'])
    },
  },
  {
    id: 'facets.failures',
    title: 'what fails in a facet is the kind that it is in a chat, once',
    async run(bench) {
      const calls = facetCalls(bench.provider, bench)
      const { failures } = bench.words
      if (calls.length === 0) doesNotApply('it has no facets that ask the service')
      const kinds: readonly FailureKind[] = ['server', 'authentication', 'rate-limit']
      for (const [name, call] of calls) {
        for (const kind of kinds) {
          const forms = failures[kind as 'server']
          for (const form of typeof forms === 'string' ? [] : forms) {
            bench.server.answer(toAnswer(form, 'Something is wrong.'))
            const before = bench.server.requests.length
            const made = call(bench.provider, undefined)
            await failureOf(made, `${name}, ${form.name}`, [kind])
            // A list may be made of several; none of them is asked for twice.
            const sent = bench.server.requests.slice(before).map(({ method, path }) => `${method} ${path}`)
            const most = name === 'models' || name === 'embeddings' ? new Set(sent).size : 1
            ok(sent.length > 0 && sent.length <= most, `${name}, ${form.name}: requests sent: ${sent.join(', ')}`)
          }
        }
      }
    },
  },
]

function needs<Facet extends keyof SpokenFacets & keyof Provider>(
  { provider }: Bench,
  facet: Facet,
): NonNullable<Provider[Facet]> {
  return provider[facet] ?? doesNotApply('it has no such facet')
}

function spoken<Facet extends keyof SpokenFacets>({ words }: Bench, facet: Facet): NonNullable<SpokenFacets[Facet]> {
  const say = words.facets?.[facet]
  if (!say) throw new Error(`the provider has the facet '${facet}', for which the dialect has no words`)
  return say
}

/** Whoever has a service counts tokens, if only by an estimate. */
function tokensOf({ hasService, provider }: Bench): TokensFacet {
  if (!hasService) doesNotApply('there is no service behind it')
  ok(provider.tokens, 'it has no such facet; where the service has no counter, tokens are estimated')
  ok(['exact', 'local', 'estimate'].includes(provider.tokens.method), `method '${provider.tokens.method}'`)
  return provider.tokens
}

/** A longer prompt has more tokens. */
async function expectGrowth(tokens: TokensFacet, bench: Bench, counted: number): Promise<void> {
  const more = await tokens.count(bench.ask({ messages: [{ role: 'user', content: 'sky '.repeat(1000) }] }))
  ok(counted > 0 && more.tokens > counted * 10, `${counted} and ${more.tokens} tokens`)
}
