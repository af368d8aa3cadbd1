import type { AssistantPart, ChatRequest, Message, ReasoningEffort } from '@llmfb/core/provider'
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { expectSaid } from '../expect.ts'
import { expectRefusedOrTold } from '../refused.ts'
import { say, text } from '../spoken.ts'
import type { SpokenAnswer } from '../../dialect/wire-dialect.ts'

const efforts: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const secretOfAnother = 'b3BhcXVlLW9mLWFub3RoZXI'

/** What a model thinks before it answers. */
export const reasoningCases: readonly Case[] = [
  {
    id: 'reasoning.answer',
    title: 'reasoning arrives apart from the text',
    async run(bench) {
      const said = thinking(bench)
      bench.reply(said)
      for (const { name, call } of bench.ways) {
        const response = await call(bench.provider, bench.ask())
        expectSaid(response, said, name)
        if (bench.words.tells.reasoning !== 'signed') continue
        const part = response.content.find(({ type }) => type === 'reasoning')
        ok(part?.type === 'reasoning' && part.opaque, `${name}: the signature is lost`)
        strictEqual(part.opaque.issuer, bench.provider.id, `${name}: issuer`)
        ok(JSON.stringify(part.opaque.data).includes('c2lnbmVkLWJ5LWl0'), `${name}: the signature is another`)
      }
    },
  },
  {
    id: 'reasoning.replayed',
    title: 'signed reasoning goes back to its issuer as it came',
    async run(bench) {
      const said = thinking(bench)
      if (bench.words.tells.reasoning !== 'signed') doesNotApply('the service signs no reasoning')
      for (const { name, call } of bench.ways) {
        bench.reply(said)
        const { content } = await call(bench.provider, bench.ask())
        await call(bench.provider, bench.ask({ messages: conversation(content) }))
        const sent = JSON.stringify(bench.server.requests.at(-1)?.body)
        ok(sent.includes('c2lnbmVkLWJ5LWl0'), `${name}: the signature was not sent back`)
        ok(sent.includes('Let me see…'), `${name}: the reasoning was not sent back`)
      }
    },
  },
  {
    id: 'reasoning.foreign',
    title: 'what another issued is not handed on, which is told by its place, and the rest of the turn is',
    async run(bench) {
      bench.reply(say(bench.words))
      const content: AssistantPart[] = [
        { type: 'reasoning', text: '', opaque: { issuer: 'someone-else', data: { blob: secretOfAnother } } },
        { type: 'reasoning', text: 'Hm.', opaque: { issuer: 'someone-else', data: secretOfAnother } },
        { type: 'text', text: 'Because of the light.' },
      ]
      for (const { name, call } of bench.ways) {
        const { warnings } = await call(bench.provider, bench.ask({ messages: conversation(content) }))
        const sent = JSON.stringify(bench.server.requests.at(-1)?.body)
        ok(!sent.includes(secretOfAnother), `${name}: it was sent`)
        ok(sent.includes('Because of the light.'), `${name}: the rest was not sent`)
        const isTextSent = sent.includes('Hm.')
        const path = `messages[1].content[1]${isTextSent ? '.opaque' : ''}`
        const told = warnings.map(({ parameter }) => parameter)
        ok(told.includes(path), `${name}: nothing says of ${path} that it was left out: ${told.join(', ')}`)
      }
    },
  },
  {
    id: 'reasoning.foreign-marks',
    title: 'what another attached to a text is told to be left out, and the text is sent',
    async run(bench) {
      bench.reply(say(bench.words))
      const opaque = { issuer: 'someone-else', data: { blob: secretOfAnother } }
      const content: AssistantPart[] = [{ type: 'text', text: 'Because of the light.', opaque }]
      for (const { name, call } of bench.ways) {
        const { warnings } = await call(bench.provider, bench.ask({ messages: conversation(content) }))
        const sent = JSON.stringify(bench.server.requests.at(-1)?.body)
        ok(!sent.includes(secretOfAnother), `${name}: it was sent`)
        ok(sent.includes('Because of the light.'), `${name}: the text was not sent`)
        const told = warnings.map(({ parameter }) => parameter)
        ok(
          told.includes('messages[1].content[0].opaque'),
          `${name}: nothing says that it was left out: ${told.join(', ')}`,
        )
      }
    },
  },
  {
    id: 'reasoning.effort',
    title: 'an effort is sent where a model takes it; any other is changed with a warning, or refused',
    async run(bench) {
      bench.reply(say(bench.words))
      for (const model of bench.models) {
        for (const effort of efforts) await expectEffort(bench, model, effort)
      }
    },
  },
  {
    id: 'reasoning.budget',
    title: 'a budget is sent where a model takes one, and refused or warned of where it does not',
    async run(bench) {
      bench.reply(say(bench.words))
      for (const model of bench.models) {
        const range = bench.provider.capabilities(model).parameters.reasoning
        const budget = range?.type === 'reasoning' ? range.budgetTokens : undefined
        const budgetTokens = Math.max(2048, budget?.min ?? 0)
        const request = bench.ask({ model, reasoning: { budgetTokens }, ...roomFor(bench, model, budgetTokens) })
        for (const { name, call } of bench.ways) {
          if (!budget) await expectRefusedOrTold(bench, call(bench.provider, request), 'reasoning', `${model}, ${name}`)
          else {
            await call(bench.provider, request)
            strictEqual(sentReasoning(bench)?.budgetTokens, budgetTokens, `${model}, ${name}: on the wire`)
          }
        }
      }
    },
  },
]

function thinking({ words, capabilities }: Bench): SpokenAnswer {
  if (!capabilities.reasoning) doesNotApply('it shows no reasoning')
  if (words.tells.reasoning === 'no') doesNotApply('the service shows no reasoning')
  const signature = words.tells.reasoning === 'signed' ? { signature: 'c2lnbmVkLWJ5LWl0' } : {}
  return say(words, {
    parts: [{ type: 'reasoning', pieces: ['Let me ', 'see…'], ...signature }, text('It ', 'is blue.')],
  })
}

function conversation(content: readonly AssistantPart[]): Message[] {
  return [
    { role: 'user', content: 'Why is the sky blue?' },
    { role: 'assistant', content },
    { role: 'user', content: 'And at night?' },
  ]
}

async function expectEffort(bench: Bench, model: string, effort: ReasoningEffort): Promise<void> {
  const range = bench.provider.capabilities(model).parameters.reasoning
  const known = range?.type === 'reasoning' ? range.efforts : []
  for (const { name, call } of bench.ways) {
    const what = `${model}, ${name}, effort '${effort}'`
    const made = call(bench.provider, bench.ask({ model, reasoning: { effort } }))
    if (range && (known === undefined || known.includes(effort))) {
      const { warnings } = await made
      deepStrictEqual(warnings, [], `${what}: warnings`)
      // Not to think may be what the model does unless told otherwise.
      strictEqual(sentReasoning(bench)?.effort ?? 'none', effort, `${what}: on the wire`)
    } else if (effort === 'none' && range === undefined) {
      await made.catch(() => {}) // Not to think is all that such a model can do, so that nothing is lost.
    } else await expectRefusedOrTold(bench, made, 'reasoning', what)
  }
}

/** Services want room for the answer behind the thoughts. */
function roomFor(bench: Bench, model: string, budgetTokens: number): Partial<ChatRequest> {
  return bench.provider.capabilities(model).parameters.maxTokens ? { maxTokens: budgetTokens * 2 } : {}
}

function sentReasoning(bench: Bench): ChatRequest['reasoning'] {
  const asked = bench.asked()
  ok(asked.type === 'chat')
  return asked.request.reasoning
}
