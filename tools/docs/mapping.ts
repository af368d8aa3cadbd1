import type { ParameterSupport } from '../../packages/core/src/provider/capabilities.ts'
import type { Manifest, ProviderPlugin } from '../../packages/core/src/provider/plugin.ts'
import { anthropic } from '../../packages/provider-anthropic/src/plugin.ts'
import { azureOpenAI } from '../../packages/provider-azure-openai/src/plugin.ts'
import { bedrock } from '../../packages/provider-bedrock/src/plugin.ts'
import { dial } from '../../packages/provider-dial/src/plugin.ts'
import { google } from '../../packages/provider-google/src/plugin.ts'
import { llamacpp } from '../../packages/provider-llamacpp/src/plugin.ts'
import { ollama } from '../../packages/provider-ollama/src/plugin.ts'
import { openai } from '../../packages/provider-openai/src/plugin.ts'
import { openrouter } from '../../packages/provider-openrouter/src/plugin.ts'
import { xai } from '../../packages/provider-xai/src/plugin.ts'
import { changedFields } from './changed-fields.ts'
import { type Probe, probes } from './probes.ts'
import { describeEfforts, describeRange } from './ranges.ts'
import { type Listener, listenTo } from './sent-body.ts'
import { table } from './table.ts'

type Plug = (send: typeof fetch) => ProviderPlugin

const common = { apiKey: 'no-key-of-anybody', baseURL: 'http://127.0.0.1:9' }
const apis = { 'Chat Completions': 'chat-completions', Responses: 'responses' } as const

function inBoth(
  plug: (api: 'chat-completions' | 'responses', send: typeof fetch) => ProviderPlugin,
): Map<string, Plug> {
  return new Map(Object.entries(apis).map(([name, api]) => [name, (send: typeof fetch) => plug(api, send)]))
}

function inOne(plug: Plug): Map<string, Plug> {
  return new Map([['field', plug]])
}

/** How each provider with a service is made, by the API that it asks. */
export const plugs: Readonly<Record<string, ReadonlyMap<string, Plug>>> = {
  openai: inBoth((api, send) => openai({ ...common, api, fetch: send })),
  anthropic: inOne((send) => anthropic({ ...common, fetch: send })),
  'azure-openai': inBoth((api, send) => azureOpenAI({ ...common, api, fetch: send })),
  xai: inBoth((api, send) => xai({ ...common, api, fetch: send })),
  openrouter: inOne((send) => openrouter({ ...common, fetch: send })),
  dial: inOne((send) => dial({ ...common, fetch: send })),
  bedrock: inOne((send) => bedrock({ ...common, region: 'eu-central-1', fetch: send })),
  google: inOne((send) => google({ ...common, fetch: send })),
  ollama: inOne((send) => ollama({ ...common, fetch: send })),
  llamacpp: inOne((send) => llamacpp({ ...common, fetch: send })),
}

/** A model of which nothing is known, and one for each pattern. */
function modelsOf({ models = [] }: Manifest): string[] {
  return ['a-model', ...models.map(({ match }) => match.replaceAll('*', ''))]
}

/** The fields that a parameter goes out in, for any of the models. */
async function fieldsOf(probe: Probe, { provider, bodyOf }: Listener, models: readonly string[]): Promise<string> {
  const ways = new Set<string>()
  for (const model of models) {
    const range = provider.capabilities(model).parameters[probe.of]
    const value = range && probe.value(range)
    if (value === undefined) continue
    const bare = {
      model,
      messages: [{ role: 'user', content: 'Hi' }],
      ...probe.besides?.(provider.id),
    } as const
    const before = await bodyOf(bare)
    const after = await bodyOf({ ...bare, ...probe.ask(value) })
    if (!before || !after) throw new Error(`${provider.id} sends nothing to ${model} for ${probe.parameter}`)
    const fields = changedFields(before, after, value)
    if (fields.length > 0) ways.add(fields.map((field) => `\`${field}\``).join(', '))
    // Some models do not think unless they are told to.
    else if (value !== 'none')
      throw new Error(`${provider.id} declares ${probe.parameter} of ${model} and does not send it`)
  }
  return [...ways].join('; or ')
}

function rangesOf({ parameter, of, value }: Probe, { capabilities, models = [] }: Manifest): string {
  const supports: readonly (ParameterSupport | undefined)[] = [
    capabilities.parameters,
    ...models.map((model) => model.capabilities.parameters),
  ]
  const ranges = supports.flatMap((support) => support?.[of] ?? []).filter((range) => value(range) !== undefined)
  if (parameter === 'reasoning.effort') return describeEfforts(ranges)
  return [...new Set(ranges.map((range) => describeRange(range)))].join('; or ')
}

/** @throws Error for a parameter that the manifest declares of a model, and that does not go out */
export async function mappingOf(manifest: Manifest, services: ReadonlyMap<string, Plug>): Promise<string[]> {
  const listeners = await Promise.all([...services.values()].map(async (plug) => await listenTo(plug)))
  const rows: string[][] = []
  for (const probe of probes) {
    const ranges = rangesOf(probe, manifest)
    if (ranges === '') continue
    const fields: string[] = []
    for (const listener of listeners) fields.push(await fieldsOf(probe, listener, modelsOf(manifest)))
    rows.push([`\`${probe.parameter}\``, ranges, ...fields.map((field) => field || 'not taken')])
  }
  for (const { provider } of listeners) await provider.dispose?.()
  return [`### ${manifest.name}\n`, table(['parameter', 'type and range', ...services.keys()], rows)]
}

/** What becomes of each parameter: the fields in which the bodies differ that go out with it and without it. */
export async function mapping(manifests: readonly Manifest[]): Promise<string[]> {
  const sections: string[] = []
  for (const manifest of manifests) {
    const services = plugs[manifest.id]
    if (services) sections.push(...(await mappingOf(manifest, services)))
  }
  return [
    '## What becomes of each parameter\n',
    'Fields are those in which the bodies differ that go out with a parameter and without it. Where a range or a field has an',
    'alternative, it is that of some models; `capabilities(model)` says what one takes. A parameter that a model does not take rules',
    'it out, or is left out with a warning, as the route says. What is not in a table no model of the provider takes. Static answers',
    'take all, and heed none.\n',
    ...sections,
  ]
}
