import type { ApiKey, Provider, ProviderPlugin } from '@llmfb/core/provider'
import { createKeyPool } from '@llmfb/core/provider'
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { within } from '../expect.ts'
import { facetCalls } from '../facet-calls.ts'
import { echoOf, expectNotShown, headerSecret, plantedKeys } from '../planted.ts'

type Call = (options?: { readonly key?: string }) => Promise<unknown>

/** Several keys, and keys that change: which one a call carries, and which ones a router is told of. */
export const keyPoolCases: readonly Case[] = [
  {
    id: 'keys.pool',
    title:
      'of several keys, each call carries the one whose fingerprint it was given, and the first where there is none',
    async run(bench) {
      needsService(bench)
      const keys = [...plantedKeys]
      const { fingerprints } = createKeyPool(keys)
      const wanted = [...fingerprints.map((key, at) => [{ key }, keys[at]] as const), [{}, keys[0]] as const]
      wanted.push([{ key: 'not-one-of-them' }, keys[0]])
      const sources: Readonly<Record<string, ApiKey>> = {
        'a list': keys,
        'a function': () => keys,
        'an async function': async () => [...keys],
        'a pool': createKeyPool(keys),
      }
      for (const [source, apiKey] of Object.entries(sources)) {
        const { plugin, calls } = await open(bench, apiKey)
        for (const [name, call] of calls) {
          for (const [options, key] of wanted) await expectKey(bench, () => call(options), key, `${source}, ${name}`)
        }
        if (plugin) deepStrictEqual(plugin.keys?.fingerprints, fingerprints, `${source}: what the plugin tells of it`)
      }
      await expectEachOfMany(bench)
    },
  },
  {
    id: 'keys.replaced',
    title: 'keys that are replaced are not used any more, from the next call on, and not shown either',
    async run(bench) {
      needsService(bench)
      const [first, second, third] = plantedKeys
      let listed: readonly string[] = []
      const pool = createKeyPool(first)
      const sources: readonly (readonly [string, ApiKey, (keys: readonly string[]) => void])[] = [
        ['a pool', pool, (keys) => pool.replace(keys)],
        ['a function', async () => listed, (keys) => (listed = keys)],
      ]
      const [old = ''] = createKeyPool(first).fingerprints
      const [other = ''] = createKeyPool(third).fingerprints
      for (const [source, apiKey, replace] of sources) {
        const { plugin, provider, calls } = await open(bench, apiKey)
        for (const [name, call] of calls) {
          const what = `${source}, ${name}`
          replace([first])
          await expectKey(bench, () => call({ key: old }), first, `${what}, before`)
          replace([second, third])
          await expectKey(bench, () => call({ key: old }), second, `${what}, by a key that is gone`)
          await expectKey(bench, () => call({ key: other }), third, `${what}, after`)
          const told = createKeyPool([second, third]).fingerprints
          if (plugin) deepStrictEqual(plugin.keys?.fingerprints, told, `${what}: what the plugin tells of it`)
          bench.server.answer({ status: 401, body: echoOf(plantedKeys) })
          expectNotShown(await call({ key: other }).catch((error: unknown) => error), `${what}, repeated`)
        }
        expectNotShown([plugin, provider, apiKey], source)
      }
      await expectLateNotShown(bench)
      expectNotShown(bench.logged, 'the log')
    },
  },
]

function needsService({ hasService }: Bench): void {
  if (!hasService) doesNotApply('there is no service behind it')
}

/** A provider with keys of its own, and every call of it that asks the service. */
async function open(
  bench: Bench,
  apiKey: ApiKey,
): Promise<{ plugin?: ProviderPlugin; provider: Provider; calls: readonly (readonly [string, Call])[] }> {
  const created = await bench.create({ headers: { 'x-secret': headerSecret }, apiKey })
  const plugin = 'manifest' in created ? created : undefined
  const { clock, logger } = bench
  const provider =
    'manifest' in created ? await created.create({ id: created.manifest.id, credentials: {}, clock, logger }) : created
  const ways = bench.ways.map(({ name, call }) => {
    return [name, (options) => call(provider, bench.ask(), options)] as readonly [string, Call]
  })
  const facets = facetCalls(provider, bench).map(([name, call]) => {
    return [name, (options) => call(provider, undefined, options)] as readonly [string, Call]
  })
  return { ...(plugin && { plugin }), provider, calls: [...ways, ...facets] }
}

/** More keys than anybody keeps clients for, each of them twice. */
async function expectEachOfMany(bench: Bench): Promise<void> {
  const many = Array.from({ length: 40 }, (_, at) => `planted-number-${at}`)
  const { fingerprints } = createKeyPool(many)
  const provider = await bench.connect({ apiKey: many })
  for (const [at, key] of [...fingerprints, ...fingerprints].entries()) {
    const call = (): Promise<unknown> => provider.chat(bench.ask(), { key })
    await expectKey(bench, call, many[at % many.length], 'chat, one of many keys')
  }
}

/** An answer that repeats the key of its call when many others were fetched since. */
async function expectLateNotShown(bench: Bench): Promise<void> {
  for (const { name, call: ask } of bench.ways) {
    let count = 0
    const apiKey = async (): Promise<string> => (count++ === 0 ? plantedKeys[1] : `another-key-number-${count}`)
    const provider = await bench.connect({ headers: { 'x-secret': headerSecret }, apiKey })
    const call = (): Promise<unknown> => ask(provider, bench.ask())
    let answerLate = (): void => {}
    const late = new Promise<void>((done) => (answerLate = done))
    const asked = new Promise<void>((done) => {
      bench.server.answer(async () => {
        done()
        await late
        return { status: 401, body: echoOf([plantedKeys[1]]) }
      })
    })
    const first = call().catch((error: unknown) => error)
    await within(asked, `${name}: the first request`)
    bench.server.answer({ status: 500, body: '' })
    for (let other = 0; other < 40; other++) await call().catch(() => {})
    answerLate()
    expectNotShown(await within(first, `${name}: the late answer`), `${name}, a key that others followed`)
  }
}

/** Every request of a call has to carry the key; a facet that asks nobody carries none. */
async function expectKey(
  { server, words, ways }: Bench,
  call: () => Promise<unknown>,
  key: string | undefined,
  what: string,
): Promise<void> {
  server.answer({ status: 500, body: '' })
  const before = server.requests.length
  await call().catch(() => {})
  const sent = server.requests.slice(before)
  ok(sent.length > 0 || !ways.some(({ name }) => what.includes(name)), `${what}: nothing was sent`)
  for (const request of sent) strictEqual(words.readRequest(request).apiKey, key, `${what}: on the wire`)
}
