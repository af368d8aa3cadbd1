import { createRouter } from '@llmfb/core'
import { Buffer } from 'node:buffer'
import { ok, strictEqual } from 'node:assert/strict'
import { inspect } from 'node:util'
import type { WireAnswer } from '../../wire/wire-answer.ts'
import { type Bench, benchKey } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { failureOf } from '../expect.ts'
import { reportedKinds } from '../reported-kinds.ts'
import { facetCalls } from '../facet-calls.ts'
import { join, say } from '../spoken.ts'
import { toAnswer } from './failures.ts'

/** Other secrets that a caller may hand over: in a header, in the address. None has the shape of a vendor's. */
const headerSecret = 'planted-header-c48e10b7'
const urlPassword = 'planted-password-95d2e6'
const secrets = [benchKey, headerSecret, urlPassword]

/** What a service says that repeats whatever it was sent. */
const echo = `You sent ${benchKey}, Bearer ${benchKey} and ${headerSecret}; see https://x.test/?key=${benchKey}`

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
        await failureOf(call(broken, bench.ask()), `${name}, a key that cannot be had`, ['authentication'])
      }
    },
  },
  {
    id: 'keys.failures',
    title: 'no error shows a key that the service repeats, in whatever form it does',
    async run(bench) {
      const { words } = bench
      const answers: WireAnswer[] = reportedKinds.flatMap((kind) => {
        const forms = words.failures[kind]
        return typeof forms === 'string' ? [] : forms.map((form) => toAnswer(form, echo))
      })
      const { headers = {} } = words.answer(say(words))
      answers.push(
        ...words.failuresWithin200.map(({ body }) => ({ headers, body: body(echo) })),
        { status: 500, body: echo },
        { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: echo }) },
        { status: 418, headers: { 'content-type': 'text/html' }, body: `<title>${echo}</title>`.repeat(50) },
        { headers, body: echo },
        { headers, body: JSON.stringify({ [benchKey]: benchKey }) },
        { headers, body: JSON.stringify(echo) },
      )
      await expectNoneShown(bench, answers)
    },
  },
  {
    id: 'keys.streams',
    title: 'no error shows a key that a stream repeats',
    async run(bench) {
      const { words } = bench
      if (!bench.capabilities.streaming) doesNotApply('it does not stream')
      const { headers, events } = words.stream(say(words))
      const odd = [words.frame(echo), words.frame(JSON.stringify(echo)), words.frame(JSON.stringify({ error: echo }))]
      const told = words.failuresWithinStream.map(({ event }) => event(echo))
      await expectNoneShown(
        bench,
        [...odd, ...told].flatMap((event) => [
          { headers, body: join([event]) },
          { headers, body: join([...events.slice(0, 2), event]) },
        ]),
        ['stream'],
      )
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
      await expectNoneShown(
        bench,
        [400, 401, 429, 500].map((status) => {
          const headers = Object.fromEntries(repeated.map((name) => [name, `${benchKey} ${headerSecret}`]))
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
    title: 'a key that no header can hold is not shown by the error that says so',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      bench.reply(say(bench.words))
      for (const apiKey of [`${benchKey}\nx`, `${benchKey}ключ`, `${benchKey}\0`]) {
        for (const { name, call } of bench.ways) {
          const made = bench.connect({ apiKey }).then((provider) => call(provider, bench.ask()))
          const outcome: unknown = await made.catch((reason: unknown) => reason)
          expectNotShown(outcome, `${name}, ${JSON.stringify(apiKey)}`)
        }
      }
    },
  },
  {
    id: 'keys.objects',
    title: 'no object shows a key: plugin, provider, answers, events, logs and the console',
    async run(bench) {
      const created = await bench.create({ headers: { 'x-secret': headerSecret } })
      const provider = await bench.connect({ headers: { 'x-secret': headerSecret } })
      const printed: unknown[] = []
      const restore = listenToConsole(printed)
      try {
        expectNotShown([created, provider], 'before a call')
        if (!bench.hasService) return
        bench.reply(say(bench.words))
        for (const { name, call } of bench.ways)
          expectNotShown(await call(provider, bench.ask()), `the answer of ${name}`)
        bench.server.answer({ status: 401, body: echo })
        for (const { call } of bench.ways) await call(provider, bench.ask()).catch(() => {})
        expectNotShown([created, provider], 'after a call')
        expectNotShown(bench.logged, 'the log')
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
      const created = await bench.create({ headers: { 'x-secret': headerSecret } })
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
        bench.server.answer({ status: 401, body: JSON.stringify({ error: { message: echo } }) })
        const error: unknown = await router.chat(request).catch((reason: unknown) => reason)
        ok(error instanceof Error, 'a router answered with an error of the service')
        bench.reply(say(bench.words))
        router.reset(id)
        const answer: unknown = await router.chat(request)
        expectNotShown([error, answer, router.status(), router, events, bench.logged], 'the router')
      } finally {
        router.dispose()
      }
    },
  },
  {
    id: 'keys.facets',
    title: 'no error of a facet shows a key',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      const provider = await bench.connect({ headers: { 'x-secret': headerSecret } })
      const calls = facetCalls(provider, bench)
      if (calls.length === 0) doesNotApply('it has no facets')
      for (const [name, call] of calls) {
        for (const body of [echo, JSON.stringify({ error: { message: echo, code: benchKey } })]) {
          for (const status of [200, 401, 500]) {
            bench.server.answer({ status, headers: { 'content-type': 'application/json' }, body })
            const outcome: unknown = await call(provider, undefined).catch((reason: unknown) => reason)
            expectNotShown(outcome, `${name}, ${status}`)
          }
        }
      }
    },
  },
]

async function expectNoneShown(bench: Bench, answers: readonly WireAnswer[], only?: readonly string[]): Promise<void> {
  const provider = await bench.connect({ headers: { 'x-secret': headerSecret } })
  for (const answer of answers) {
    bench.server.answer(answer)
    for (const { name, call } of bench.ways.filter((way) => only?.includes(way.name) ?? true)) {
      const what = `${name}, ${answer.status ?? 200} ${typeof answer.body === 'string' ? answer.body.slice(0, 40) : ''}`
      expectNotShown(await failureOf(call(provider, bench.ask()), what), what)
    }
  }
  expectNotShown(bench.logged, 'the log')
}

/** Fails where a value shows a secret in any way in which values are shown. */
function expectNotShown(value: unknown, what: string): void {
  const all = { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity, maxArrayLength: Infinity }
  const shown = [inspect(value, all), String(value), toJson(value), ...stacksOf(value)].join('\n')
  for (const secret of secrets.flatMap((each) => [each, Buffer.from(each).toString('base64')])) {
    const at = shown.indexOf(secret)
    // What it shows is cut out here too, or the report would show it.
    strictEqual(at, -1, `${what}: it shows a key, behind ${JSON.stringify(shown.slice(Math.max(0, at - 60), at))}`)
  }
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '' // Something that refers to itself.
  }
}

function stacksOf(value: unknown): string[] {
  const stacks: string[] = []
  for (let error = value; error instanceof Error && stacks.length < 10; error = error.cause) {
    stacks.push(error.stack ?? '', error.message, toJson(error))
  }
  return stacks
}

function listenToConsole(printed: unknown[]): () => void {
  const names = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const
  const before = names.map((name) => [name, console[name]] as const)
  for (const name of names) console[name] = (...values: unknown[]) => void printed.push(values)
  return () => {
    for (const [name, original] of before) console[name] = original
  }
}
