import { createRouter } from '@llmfb/core'
import type { ApiKey } from '@llmfb/core/provider'
import { createKeyPool } from '@llmfb/core/provider'
import { ok, strictEqual } from 'node:assert/strict'
import type { WireAnswer } from '../../wire/wire-answer.ts'
import { type Bench, benchKey } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { failureOf } from '../expect.ts'
import { echoOf, expectNotShown, headerSecret, plantedKeys, urlPassword } from '../planted.ts'
import { listenToConsole } from '../listen-to-console.ts'
import { reportedKinds } from '../reported-kinds.ts'
import { facetCalls } from '../facet-calls.ts'
import { join, say } from '../spoken.ts'
import { toAnswer } from './failures.ts'

/** Keys, which are for the service alone. */
export const keyCases: readonly Case[] = [
  {
    id: 'keys.sent',
    title: 'the key goes to the service, fetched anew for each call where it is a function',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      bench.server.answer({ status: 500, body: '' })
      for (const { name, call } of bench.ways) {
        await call(bench.provider, bench.ask()).catch(() => {})
        strictEqual(bench.asked().apiKey, benchKey, `${name}: on the wire`)
      }
      let count = 0
      const provider = await bench.connect({ apiKey: async () => `fetched-key-${++count}` })
      for (const { name, call } of bench.ways) {
        for (let time = 0; time < 2; time++) {
          await call(provider, bench.ask()).catch(() => {})
          strictEqual(bench.asked().apiKey, `fetched-key-${count}`, `${name}: fetched`)
        }
      }
      strictEqual(count, bench.ways.length * 2, 'how often it was fetched')
      const broken = await bench.connect({ apiKey: () => Promise.reject(new Error('the vault is sealed')) })
      for (const { name, call } of bench.ways) {
        await failureOf(call(broken, bench.ask()), `${name}, a key that cannot be had`, ['unknown'])
      }
    },
  },
  {
    id: 'keys.failures',
    title: 'no error shows a key that the service repeats, in whatever form it does',
    async run(bench) {
      const { words } = bench
      await expectNoneShown(bench, (echo) => {
        const answers: WireAnswer[] = reportedKinds.flatMap((kind) => {
          const forms = words.failures[kind]
          return typeof forms === 'string' ? [] : forms.map((form) => toAnswer(form, echo))
        })
        const { headers = {} } = words.answer(say(words))
        return [
          ...answers,
          ...words.failuresWithin200.map(({ body }) => ({ headers, body: body(echo) })),
          { status: 500, body: echo },
          { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: echo }) },
          { status: 418, headers: { 'content-type': 'text/html' }, body: `<title>${echo}</title>`.repeat(50) },
          { headers, body: echo },
          ...plantedKeys.map((key) => ({ headers, body: JSON.stringify({ [key]: key }) })),
          { headers, body: JSON.stringify(echo) },
        ]
      })
    },
  },
  {
    id: 'keys.streams',
    title: 'no error shows a key that a stream repeats',
    async run(bench) {
      const { words } = bench
      if (!bench.capabilities.streaming) doesNotApply('it does not stream')
      const { headers, events } = words.stream(say(words))
      const toAnswers = (echo: string): WireAnswer[] => {
        const odd = [words.frame(echo), words.frame(JSON.stringify(echo)), words.frame(JSON.stringify({ error: echo }))]
        const told = words.failuresWithinStream.map(({ event }) => event(echo))
        return [...odd, ...told].flatMap((event) => [
          { headers, body: join([event]) },
          { headers, body: join([...events.slice(0, 2), event]) },
        ])
      }
      await expectNoneShown(bench, toAnswers, ['stream'])
    },
  },
  {
    id: 'keys.headers',
    title: 'no error shows a key that headers repeat',
    async run(bench) {
      const { requestIdHeader: id = 'x-request-id' } = bench.words
      const repeated = [
        id,
        'retry-after',
        'x-ratelimit-remaining-requests',
        'ratelimit',
        'www-authenticate',
        'location',
      ]
      await expectNoneShown(bench, (echo) =>
        [400, 401, 429, 500].map((status) => {
          const headers = Object.fromEntries(repeated.map((name) => [name, echo]))
          return { status, headers: { 'content-type': 'application/json', ...headers }, body: '{"error":{}}' }
        }),
      )
    },
  },
  {
    id: 'keys.network',
    title: 'no error shows a key, or a password of the address, where nobody answers',
    async run(bench) {
      await bench.server.refuse()
      const address = new URL(bench.server.url + (bench.words.basePath ?? ''))
      address.username = 'somebody'
      address.password = urlPassword
      for (const { name, call } of bench.ways) {
        const made = bench.connect({ baseURL: address.href, headers: { 'x-secret': headerSecret } })
        const error: unknown = await made
          .then((provider) => call(provider, bench.ask()))
          .catch((reason: unknown) => reason)
        expectNotShown(error, `${name}, refused`)
      }
      expectNotShown(bench.logged, 'the log')
    },
  },
  {
    id: 'keys.odd',
    title: 'a key that no header can hold is refused as one before anything is sent, and not shown',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      bench.reply(say(bench.words))
      for (const odd of [`${benchKey}\nx`, `${benchKey}ключ`, `${benchKey}ü`, `${benchKey}\0`]) {
        for (const apiKey of [odd, [odd, 'a-good-one'], async () => odd]) {
          for (const { name, call } of bench.ways) {
            const what = `${name}, ${JSON.stringify(odd.slice(benchKey.length))}`
            const made = bench.connect({ apiKey }).then((provider) => call(provider, bench.ask()))
            expectNotShown(await failureOf(made, what, ['authentication']), what)
            strictEqual(bench.server.requests.length, 0, `${what}: requests sent`)
          }
        }
      }
    },
  },
  {
    id: 'keys.missing',
    title: 'a call whose key turns out to be none is refused before anything is sent, unless no key is needed',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      const credentials = bench.plugin?.manifest.credentials ?? []
      const isNeeded = credentials.some(({ option, required }) => option === 'apiKey' && required)
      bench.reply(say(bench.words))
      for (const none of [undefined, '', ' \n']) {
        const provider = await bench.connect({ apiKey: async () => none as string })
        for (const { name, call } of bench.ways) {
          const what = `${name}, ${JSON.stringify(none)}`
          const before = bench.server.requests.length
          const made = call(provider, bench.ask())
          const isSent = await made.then(
            () => true,
            () => false,
          )
          if (isSent && !isNeeded) {
            strictEqual(bench.asked().apiKey, undefined, `${what}: the key on the wire`)
            continue
          }
          await failureOf(made, what, ['authentication'])
          strictEqual(bench.server.requests.length, before, `${what}: requests sent`)
        }
      }
    },
  },
  {
    id: 'keys.objects',
    title: 'no object shows a key: plugin, provider, pool, answers, events, logs and the console',
    async run(bench) {
      const { printed, restore } = listenToConsole()
      try {
        for (const { keys, apiKey, fingerprints } of plantings()) {
          const headers = { 'x-secret': headerSecret }
          const created = await bench.create({ headers, apiKey })
          const provider = await bench.connect({ headers, apiKey })
          // Text and lists are the caller's own; functions and pools are not to be seen through.
          const objects = [created, provider, typeof apiKey === 'object' && 'read' in apiKey ? apiKey : undefined]
          expectNotShown(objects, 'before a call')
          if (!bench.hasService) continue
          for (const key of [undefined, ...fingerprints]) {
            const options = key === undefined ? {} : { key }
            bench.reply(say(bench.words))
            for (const { name, call } of bench.ways)
              expectNotShown(await call(provider, bench.ask(), options), `the answer of ${name}`)
            bench.server.answer({ status: 401, body: echoOf(keys) })
            for (const { call } of bench.ways) await call(provider, bench.ask(), options).catch(() => {})
          }
          expectNotShown(objects, 'after a call')
          expectNotShown(bench.logged, 'the log')
        }
      } finally {
        restore()
      }
      expectNotShown(printed, 'the console')
    },
  },
  {
    id: 'keys.router',
    title: 'no event, ledger, status or error of a router shows a key',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      for (const { keys, apiKey } of plantings()) {
        const created = await bench.create({ headers: { 'x-secret': headerSecret }, apiKey })
        if (!('manifest' in created)) doesNotApply('it is made without a plugin')
        const { id } = created.manifest
        const events: unknown[] = []
        const router = createRouter({
          providers: [created],
          routes: { route: [`${id}/${bench.model}`] },
          experimental: [id],
          logger: bench.logger,
          onEvent: (event) => events.push(event),
        })
        try {
          const request = bench.ask({ model: 'route' })
          bench.server.answer({ status: 401, body: JSON.stringify({ error: { message: echoOf(keys) } }) })
          const error: unknown = await router.chat(request).catch((reason: unknown) => reason)
          ok(error instanceof Error, 'a router answered with an error of the service')
          bench.reply(say(bench.words))
          router.reset(id)
          const answer: unknown = await router.chat(request)
          expectNotShown([error, answer, router.status(), router, events, bench.logged], 'the router')
        } finally {
          router.dispose()
        }
      }
    },
  },
  {
    id: 'keys.facets',
    title: 'no error of a facet shows a key',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      for (const { keys, apiKey, fingerprints } of plantings()) {
        const provider = await bench.connect({ headers: { 'x-secret': headerSecret }, apiKey })
        const calls = facetCalls(provider, bench)
        if (calls.length === 0) doesNotApply('it has no facets')
        const [key] = fingerprints.slice(-1)
        const options = key === undefined ? {} : { key }
        const echo = echoOf(keys)
        for (const [name, call] of calls) {
          for (const body of [echo, JSON.stringify({ error: { message: echo, code: keys.at(-1) } })]) {
            for (const status of [200, 401, 500]) {
              bench.server.answer({ status, headers: { 'content-type': 'application/json' }, body })
              const outcome: unknown = await call(provider, undefined, options).catch((reason: unknown) => reason)
              expectNotShown(outcome, `${name}, ${status}`)
            }
          }
        }
      }
    },
  },
]

/** What keys are given as, and the keys that a service repeats. */
interface Planting {
  readonly keys: readonly string[]
  readonly apiKey: ApiKey
  /** To call with, one by one. */
  readonly fingerprints: readonly string[]
}

/** One key, and several, each call by another. */
function plantings(): readonly Planting[] {
  const pool = createKeyPool(plantedKeys)
  const { fingerprints } = pool
  return [
    { keys: [benchKey], apiKey: benchKey, fingerprints: [] },
    { keys: plantedKeys, apiKey: pool, fingerprints },
    { keys: plantedKeys, apiKey: async () => plantedKeys, fingerprints },
  ]
}

/** Fails where an error of an answer shows a key, or the log does. */
async function expectNoneShown(
  bench: Bench,
  toAnswers: (echo: string) => readonly WireAnswer[],
  only?: readonly string[],
): Promise<void> {
  for (const { keys, apiKey, fingerprints } of plantings()) {
    const provider = await bench.connect({ headers: { 'x-secret': headerSecret }, apiKey })
    for (const [at, answer] of toAnswers(echoOf(keys)).entries()) {
      bench.server.answer(answer)
      const key = fingerprints[at % fingerprints.length]
      for (const { name, call } of bench.ways.filter((way) => only?.includes(way.name) ?? true)) {
        const body = typeof answer.body === 'string' ? answer.body.slice(0, 40) : ''
        const what = `${name}, ${answer.status ?? 200} ${body}`
        const made = call(provider, bench.ask(), key === undefined ? {} : { key })
        expectNotShown(await failureOf(made, what), what)
      }
    }
  }
  expectNotShown(bench.logged, 'the log')
}
