import type { ChatRequest, Message, RateLimit } from '@llmfb/core/provider'
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { madeUpSetting } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { expectSaid } from '../expect.ts'
import { say, text } from '../spoken.ts'

const odd = 'Ґанок – “quoted” \\ \u2028 东京 🌤️ 👩‍👩‍👧 \t\n{"text":"not JSON"} <b>&amp;</b> data: x\r\n'

/** Plain answers, whole and streamed. */
export const textCases: readonly Case[] = [
  {
    id: 'text.answer',
    title: 'an answer arrives whole, by one request to the model that was asked',
    async run(bench) {
      const said = say(bench.words)
      bench.reply(said)
      for (const { name, call } of bench.ways) {
        const before = bench.server.requests.length
        const response = await call(bench.provider, bench.ask())
        strictEqual(bench.server.requests.length - before, 1, `${name}: requests sent`)
        expectSaid(response, said, name)
        strictEqual(response.provider, bench.provider.id, `${name}: provider`)
        ok(Array.isArray(response.warnings) && response.warnings.length === 0, `${name}: warnings of a plain request`)
        const asked = bench.asked()
        ok(asked.type === 'chat', `${name}: what was asked`)
        strictEqual(asked.request.model, bench.model, `${name}: the model on the wire`)
      }
    },
  },
  {
    id: 'text.characters',
    title: 'every character arrives, both ways',
    async run(bench) {
      const said = say(bench.words, { parts: [text(...odd.split(/(?= )/))] })
      bench.reply(said)
      for (const { name, call } of bench.ways) {
        const response = await call(bench.provider, bench.ask({ messages: [{ role: 'user', content: odd }] }))
        expectSaid(response, said, name)
        strictEqual(wordsOf(bench.asked(), 'user'), odd, `${name}: on the wire`)
      }
    },
  },
  {
    id: 'text.finish',
    title: 'every reason for an end that the service tells is told',
    async run(bench) {
      for (const finish of bench.words.tells.finish) {
        if (finish === 'tool-calls') continue
        const said = say(bench.words, { finish })
        bench.reply(said)
        for (const { name, call } of bench.ways) {
          const response = await call(bench.provider, bench.ask())
          expectSaid(response, said, `${name}, ${finish}`)
          ok(response.finishReason.raw !== '', `${name}: finishReason.raw`)
        }
      }
    },
  },
  {
    id: 'text.usage',
    title: 'tokens are counted in disjoint buckets, and not at all where the service does not tell',
    async run(bench) {
      const { words } = bench
      if (words.tells.usage.length === 0) doesNotApply('the service tells no usage')
      const { usage, ...untold } = say(words)
      for (const said of [say(words), untold]) {
        bench.reply(said)
        for (const { name, call } of bench.ways) {
          deepStrictEqual((await call(bench.provider, bench.ask())).usage, 'usage' in said ? usage : undefined, name)
        }
      }
    },
  },
  {
    id: 'text.request-id',
    title: 'the service’s id of an exchange is told, on answers and on failures',
    async run(bench) {
      const { words } = bench
      const header = words.requestIdHeader ?? doesNotApply('the service tells no request id')
      bench.reply(say(words, { requestId: 'req_4711' }))
      for (const { name, call } of bench.ways) {
        strictEqual((await call(bench.provider, bench.ask())).requestId, 'req_4711', name)
      }
      bench.server.answer({ status: 500, headers: { [header]: 'req_4712' }, body: '' })
      for (const { name, call } of bench.ways) {
        const error: unknown = await call(bench.provider, bench.ask()).catch((reason: unknown) => reason)
        strictEqual((error as { requestId?: unknown }).requestId, 'req_4712', `${name}: on a failure`)
      }
    },
  },
  {
    id: 'text.rate-limits',
    title: 'where the service stands with its limits is told with the answer',
    async run(bench) {
      const { words } = bench
      if (words.tells.rateLimits.length === 0) doesNotApply('the service tells no limits')
      const rateLimits = words.tells.rateLimits.map((counts, index): RateLimit => {
        return { counts, limit: 1000 * (index + 1), remaining: 10 + index, resetsInMs: 30_000 * (index + 1) }
      })
      const byName = (limits: readonly RateLimit[] = []): RateLimit[] =>
        limits.toSorted((a, b) => a.counts.localeCompare(b.counts))
      bench.reply(say(words, { rateLimits }))
      for (const { name, call } of bench.ways) {
        deepStrictEqual(byName((await call(bench.provider, bench.ask())).rateLimits), byName(rateLimits), name)
      }
    },
  },
  {
    id: 'text.system',
    title: 'system messages reach the service, all of them and in order',
    async run(bench) {
      bench.reply(say(bench.words))
      const messages: Message[] = [
        { role: 'system', content: 'You are a poet.' },
        {
          role: 'system',
          content: [
            { type: 'text', text: 'Be brief.' },
            { type: 'text', text: 'Rhyme.' },
          ],
        },
        { role: 'user', content: 'Why is the sky blue?' },
      ]
      for (const { name, call } of bench.ways) {
        await call(bench.provider, bench.ask({ messages }))
        const system = wordsOf(bench.asked(), 'system').replace(/\s+/g, ' ')
        strictEqual(system, 'You are a poet. Be brief. Rhyme.', name)
      }
    },
  },
  {
    id: 'text.conversation',
    title: 'a history reaches the service turn by turn, an answer put back as it came included',
    async run(bench) {
      const { provider, ask } = bench
      bench.reply(say(bench.words))
      const question: Message = { role: 'user', content: 'Why is the sky blue?' }
      for (const { name, call } of bench.ways) {
        const { content } = await call(provider, ask())
        const next: Message = { role: 'user', content: [{ type: 'text', text: 'And at night?' }] }
        await call(provider, ask({ messages: [question, { role: 'assistant', content }, next] }))
        const asked = bench.asked()
        ok(asked.type === 'chat')
        deepStrictEqual(
          asked.request.messages.map(({ role }) => role),
          ['user', 'assistant', 'user'],
          `${name}: roles`,
        )
        strictEqual(wordsOf(asked, 'assistant'), 'The sky is blue.', `${name}: the answer put back`)
        strictEqual(wordsOf(asked, 'user'), 'Why is the sky blue? And at night?', `${name}: the questions`)
      }
    },
  },
  {
    id: 'text.own-options',
    title: 'what only this service has goes out as it is, what another has does not',
    async run(bench) {
      const { provider, ask, words, server } = bench
      bench.reply(say(words))
      const setting = { [madeUpSetting]: { deep: ['value-3141'] } }
      const providerOptions: NonNullable<ChatRequest['providerOptions']> = {
        [provider.id]: words.ownOptions?.(setting) ?? setting,
        'someone-else': { a_setting_of_another: 'value-2718' },
      }
      for (const { name, call } of bench.ways) {
        await call(provider, ask({ providerOptions }))
        const sent = JSON.stringify(server.requests.at(-1)?.body)
        ok(sent.includes(`"${madeUpSetting}":{"deep":["value-3141"]}`), `${name}: its own was not sent: ${sent}`)
        ok(!sent.includes('2718'), `${name}: another’s was sent`)
      }
    },
  },
]

/** All that messages of a role say, as one text. */
function wordsOf(asked: ReturnType<Parameters<Case['run']>[0]['asked']>, role: Message['role']): string {
  ok(asked.type === 'chat')
  return asked.request.messages
    .filter((message) => message.role === role)
    .flatMap(({ content }) =>
      typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : '')),
    )
    .join(role === 'user' || role === 'system' ? ' ' : '')
}
