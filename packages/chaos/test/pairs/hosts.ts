import { type SpokenStream, startWireServer, type WireAnswer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest, ProviderPlugin, TargetConfig } from '@llmfb/core'
import { expect } from 'vitest'
import { picture, question, system, toolNames, tools } from './conversation.ts'
import type { Said } from './said.ts'
import { type Service, services } from './services.ts'

/** Every service at a server of its own. */
export interface Hosts {
  serverOf(service: Service): WireServer
  pluginOf(service: Service): ProviderPlugin
  /** Runs `ask`, and gives the body of the one request that the service got meanwhile, which it has to be able to take. */
  bodyOf(service: Service, isStream: boolean, ask: () => Promise<unknown>): Promise<string>
  close(): Promise<void>
}

export async function startHosts(): Promise<Hosts> {
  const servers = new Map<string, WireServer>()
  for (const { id } of services) servers.set(id, await startWireServer())

  function serverOf({ id }: Service): WireServer {
    const server = servers.get(id)
    if (server === undefined) throw new Error(`${id} has no server`)
    return server
  }

  return {
    serverOf,
    pluginOf(service) {
      const baseURL = `${serverOf(service).url}${service.basePath ?? ''}`
      return service.connect({ id: service.id, apiKey: 'a-key-for-pairs', baseURL })
    },
    async bodyOf(service, isStream, ask) {
      const before = serverOf(service).requests.length
      await ask()
      const requests = serverOf(service).requests.slice(before)
      expect(requests, `what ${service.id} was asked`).toHaveLength(1)
      const [request] = requests
      if (request === undefined) throw new Error('nothing was asked')
      expect(service.findProblems(request, isStream), `what ${service.id} cannot take`).toEqual([])
      return JSON.stringify(request.body)
    },
    async close() {
      await Promise.all([...servers.values()].map((server) => server.close()))
    },
  }
}

export function targetOf({ id, model, parameters }: Service): TargetConfig {
  return { model: `${id}/${model}`, ...(parameters && { parameters }) }
}

/** What only its issuer is to see. */
export function secretOf({ id }: Service): string {
  return Buffer.from(`for the eyes of ${id} only`).toString('base64')
}

/** What a service says, signed where it thinks and signs. */
export function saidBy(service: Service, reasoning: string, text: string, calls: Said['calls'] = []): Said {
  return { model: service.model, reasoning, signature: reasoning === '' ? '' : secretOf(service), text, calls }
}

/** Calls of both tools. */
export function callsOf(service: Service): Said {
  const [first, second] = service.callIds
  return saidBy(service, 'Let me look at the sky and at the clock.', '', [
    { id: first, name: toolNames[0], input: { city: 'Paris' } },
    { id: second, name: toolNames[1], input: { city: 'Paris' } },
  ])
}

/** The stream as bytes; with `cut`, the connection breaks before or behind the first event that holds a text. */
export function toWire(
  { headers, events }: SpokenStream,
  cut?: { readonly before: string } | { readonly behind: string },
): WireAnswer {
  const bytes = events.map((event) => Buffer.from(event))
  const body = new Uint8Array(Buffer.concat(bytes))
  if (cut === undefined) return { headers, body }
  const text = 'before' in cut ? cut.before : cut.behind
  const index = bytes.findIndex((event) => event.includes(text))
  if (index === -1) throw new Error(`no event says '${text}'`)
  const kept = bytes.slice(0, 'before' in cut ? index : index + 1)
  return { headers, body, cutAt: kept.reduce((sum, event) => sum + event.length, 0), cut: 'destroy' }
}

/** What nobody is to see but who issued it. */
export function expectNoSecrets(body: string, reader: Service): void {
  const others = services.filter(({ id }) => id !== reader.id)
  for (const other of others) expect(body, `a secret of ${other.id}`).not.toContain(secretOf(other))
  if (!reader.signs) expect(body, 'an item of the Responses API').not.toMatch(/"rs_\d|encrypted_content":"/)
}

/** Nothing of the conversation is lost, whoever reads it. */
export function expectWhole(body: string, expected: readonly string[]): void {
  for (const text of [system, question, picture, ...toolNames, ...expected]) expect(body).toContain(text)
}

/** The question of all conversations, with a picture, tools and thought. */
export function firstMessages(): ChatRequest['messages'][number][] {
  const cacheBreakpoint = {}
  return [
    { role: 'system', content: [{ type: 'text', text: system, cacheBreakpoint }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: question, cacheBreakpoint },
        { type: 'image', image: { data: picture, mediaType: 'image/png' }, cacheBreakpoint },
      ],
    },
  ]
}

export function requestOf(messages: ChatRequest['messages']): ChatRequest {
  return { model: 'chat', messages: [...messages], tools, reasoning: { effort: 'low' } }
}
