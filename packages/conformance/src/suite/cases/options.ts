import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Case } from '../case.ts'
import { listenToConsole } from '../listen-to-console.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { failureOf, within } from '../expect.ts'
import { say } from '../spoken.ts'

/** The options that all providers share. */
export const optionCases: readonly Case[] = [
  {
    id: 'options.headers',
    title: 'headers of the caller are sent with every call',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      bench.reply(say(bench.words))
      const provider = await bench.connect({ headers: { 'x-tenant': 'blue-4711' } })
      for (const { name, call } of bench.ways) {
        await call(provider, bench.ask())
        strictEqual(bench.server.requests.at(-1)?.headers['x-tenant'], 'blue-4711', name)
      }
    },
  },
  {
    id: 'options.timeout',
    title: 'an answer that does not begin within timeoutMs is a timeout, down to the socket',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      const provider = await bench.connect({ timeoutMs: 60 })
      for (const { name, call } of bench.ways) {
        let gone = (): void => {}
        const left = new Promise<void>((done) => (gone = done))
        bench.server.answer((_request, over) => {
          over.addEventListener('abort', gone, { once: true })
          return new Promise(() => {})
        })
        await failureOf(call(provider, bench.ask()), name, ['timeout'])
        await within(left, `${name}: closing the socket`)
      }
    },
  },
  {
    id: 'options.content',
    title: 'what is said is neither logged nor quoted by errors of the provider’s own making, and nothing is printed',
    async run(bench) {
      const { words } = bench
      const [asked, answered] = ['a-secret-of-the-asker', 'a-secret-of-the-answer']
      const request = bench.ask({ messages: [{ role: 'user', content: asked }] })
      const { headers = {} } = words.answer(say(words))
      const frame = words.frame(`{"broken": "${answered}`)
      const answers = [
        { headers, body: `{"broken": "${answered}` },
        { headers, body: JSON.stringify({ [answered]: answered }) },
        { headers: bench.capabilities.streaming ? words.stream(say(words)).headers : headers, body: frame },
      ]
      const { printed, restore } = listenToConsole()
      try {
        for (const answer of answers) {
          bench.server.answer(answer)
          for (const { name, call } of bench.ways) {
            const error = await failureOf(call(bench.provider, request), name)
            const shown = [error.message, error.stack, (error.cause as Error | undefined)?.stack].join('\n')
            for (const secret of [asked, answered]) ok(!shown.includes(secret), `${name}: ${error.message}`)
          }
        }
        bench.reply(say(words))
        for (const model of bench.models) {
          for (const { call } of bench.ways) await call(bench.provider, { ...request, model })
        }
      } finally {
        restore()
      }
      deepStrictEqual(printed, [], 'what was printed on the console')
      ok(!JSON.stringify(bench.logged).includes(asked), 'the log')
    },
  },
]
