import type { ChatRequest } from '@llmfb/core/provider'
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { expectRefusedOrTold } from '../refused.ts'
import { parameterNames, valuesOf, weatherTool } from '../requests.ts'
import { say } from '../spoken.ts'

/** Every parameter of every model: on the wire where it is declared, refused or told of where it is not. */
export const parameterCases: readonly Case[] = parameterNames.map((name) => ({
  id: `parameters.${name}`,
  title: `${name} is sent as it is where a model takes it, and refused or warned of where it does not`,
  async run(bench) {
    bench.reply(say(bench.words))
    for (const model of bench.models) {
      const { parameters, tools } = bench.provider.capabilities(model)
      const range = parameters[name]
      for (const value of valuesOf(name, range)) {
        // Without tools, how many may be called says nothing.
        const withTools: Partial<ChatRequest> = name === 'parallelToolCalls' && tools ? { tools: [weatherTool] } : {}
        const request = bench.ask({ model, ...withTools, [name]: value })
        const what = `${model}, ${name} ${JSON.stringify(value)}`
        const besides = name === 'metadata' ? bench.metadataWith : undefined
        if (range) {
          const providerOptions = { [bench.provider.id]: besides ?? {} }
          await expectSent(bench, besides ? { ...request, providerOptions } : request, name, value, what)
        }
        if (!range || besides) await expectLeftOut(bench, request, name, what)
      }
    }
  },
}))

type Name = (typeof parameterNames)[number]

async function expectSent(bench: Bench, request: ChatRequest, name: Name, value: unknown, what: string): Promise<void> {
  for (const way of bench.ways) {
    const { warnings } = await way.call(bench.provider, request)
    // Several calls at once are what services do unless told otherwise.
    const untold = name === 'parallelToolCalls' ? true : undefined
    deepStrictEqual(sentValue(bench, name) ?? untold, value, `${what}, ${way.name}: on the wire`)
    strictEqual(
      warnings.find(({ parameter }) => parameter === name),
      undefined,
      `${what}: sent, and warned of`,
    )
  }
}

async function expectLeftOut(bench: Bench, request: ChatRequest, name: Name, what: string): Promise<void> {
  for (const way of bench.ways) {
    const call = way.call(bench.provider, request)
    const wentOn = await expectRefusedOrTold(bench, call, name, `${what}, ${way.name}`)
    // The service may want a limit in any case, and then gets the model's own.
    if (wentOn) ok(sentValue(bench, name) !== request[name], `${what}, ${way.name}: warned of, and sent`)
  }
}

function sentValue(bench: Bench, name: Name): unknown {
  const asked = bench.asked()
  ok(asked.type === 'chat')
  return asked.request[name]
}
