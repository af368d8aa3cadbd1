import { createRouter } from '@llmfb/core'
import type { ProviderPlugin } from '@llmfb/core/provider'
import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { SpokenFailure } from '../../dialect/wire-dialect.ts'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { within } from '../expect.ts'
import { plantedKeys } from '../planted.ts'
import { say, textOf, toWire } from '../spoken.ts'
import { toAnswer } from './failures.ts'

/** Keys that a service refuses, seen from a router. */
export const keyFailoverCases: readonly Case[] = [
  {
    id: 'keys.passed-over',
    title: 'a router goes on by the next key where one is throttled or refused, and leaves that one alone',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      const keys = [...plantedKeys]
      for (const kind of ['rate-limit', 'quota', 'authentication'] as const) {
        const forms = bench.words.failures[kind]
        if (typeof forms === 'string') continue
        for (const apiKey of [keys, async () => keys]) {
          const made = async (): Promise<ProviderPlugin> => {
            const created = await bench.create({ apiKey })
            return 'manifest' in created ? created : doesNotApply('it is made without a plugin')
          }
          for (const form of forms) await expectPassedOver(bench, await made(), form, keys)
        }
      }
    },
  },
]

/** Calls to a router, in turn by each key but the first, which the service refuses. */
async function expectPassedOver(
  bench: Bench,
  plugin: ProviderPlugin,
  form: SpokenFailure,
  [refused, ...others]: readonly string[],
): Promise<void> {
  const { logger, model, server, words } = bench
  const { id } = plugin.manifest
  const router = createRouter({
    providers: [plugin],
    routes: { route: [`${id}/${model}`] },
    experimental: [id],
    logger,
  })
  const spoken = say(words)
  const calls = [...bench.ways, ...bench.ways]
  const before = server.requests.length
  try {
    server.answer((request) => {
      const asked = words.readRequest(request)
      if (asked.apiKey === refused) return toAnswer(form, 'Something is wrong.')
      return toWire(words, spoken, asked.type === 'chat' && asked.stream)
    })
    for (const { name, call } of calls) {
      const { text } = await within(call(router, bench.ask({ model: 'route' })), `${name}, ${form.name}`)
      strictEqual(text, textOf(spoken), `${name}, ${form.name}: the answer`)
    }
  } finally {
    router.dispose()
  }
  const used = server.requests.slice(before).map((request) => words.readRequest(request).apiKey)
  const expected = [refused, ...calls.map((_, at) => others[at % others.length])]
  deepStrictEqual(used, expected, `${form.name}: keys on the wire, in order`)
}
