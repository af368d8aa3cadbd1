import { startWireServer } from '@llmfb/conformance'
import type { WireRequest } from '@llmfb/conformance'
import type { ProviderPlugin } from '@llmfb/core'
import type { ProviderOptions } from '@llmfb/core/provider'
import { anthropic } from '@llmfb/provider-anthropic'
import { ollama } from '@llmfb/provider-ollama'
import { openai } from '@llmfb/provider-openai'
import type { Script } from '../behaviour.ts'
import type { Scene } from '../play.ts'
import type { Service } from '../stage.ts'
import type { SteppedClock } from '../stepped-clock.ts'
import { createSteppedClock } from '../stepped-clock.ts'
import { anthropicDialect } from './anthropic-dialect.ts'
import type { Dialect } from './dialect.ts'
import { ollamaDialect } from './ollama-dialect.ts'
import { openaiDialect } from './openai-dialect.ts'
import { quiet } from './quiet.ts'
import { toWireAnswer } from './to-wire-answer.ts'
import { Traffic } from './traffic.ts'
import type { WireCall } from './to-wire-answer.ts'

/** Sent with each call, so that it is known when it arrives. */
const callHeader = 'x-chaos-call'

interface WireService extends Service {
  readonly plugin: ProviderPlugin
  close(): Promise<void>
}

/**
 * Three servers on loopback behind three providers with their vendors' SDKs. Time is not the machine's: it goes on to the
 * next timer whenever the wire is quiet, so that a slow machine changes nothing and no scenario takes long.
 */
export async function createWireScene(): Promise<Scene> {
  const traffic = new Traffic()
  const clock = createSteppedClock(() => quiet(traffic))
  const [one, two, three] = await Promise.all([
    startService('one', openai, '/v1', openaiDialect, clock, traffic),
    startService('two', anthropic, '', anthropicDialect, clock, traffic),
    startService('three', ollama, '', ollamaDialect, clock, traffic),
  ])
  return {
    clock,
    services: { one, two, three },
    providers: [one.plugin, two.plugin, three.plugin],
    close: async () => void (await Promise.all([one.close(), two.close(), three.close()])),
  }
}

async function startService(
  id: string,
  create: (options: ProviderOptions) => ProviderPlugin,
  path: string,
  dialect: Dialect,
  clock: SteppedClock,
  traffic: Traffic,
): Promise<WireService> {
  const server = await startWireServer()
  let script: Script = { type: 'answer' }
  let isSilent = false
  let sent = 0
  let arrived = 0

  const fetchNoted: typeof fetch = (input, init) => {
    const call = `${id} ${++sent}`
    const headers = new Headers(init?.headers)
    headers.set(callHeader, call)
    return traffic.fetch(call, () => fetch(input, { ...init, headers }))
  }

  server.answer(async (request, left) => {
    const number = request.headers[callHeader] ?? ''
    traffic.arrived(number)
    const call = createCall(request, left, clock, traffic)
    if (isSilent) await call.forever()
    arrived++
    const behaviour =
      typeof script === 'function' ? script({ number: arrived, underWay: server.answering, at: clock.now() }) : script
    const answer = await toWireAnswer(behaviour, dialect, call)
    traffic.answered(number)
    return { ...answer, body: traffic.sending(number, answer.body) }
  })

  const options = { id, apiKey: 'a-key-for-chaos', baseURL: `${server.url}${path}`, fetch: fetchNoted }
  await loadSdk(create(options), clock)
  sent = arrived = 0

  return {
    plugin: create(options),
    does: (given) => void (script = given),
    async cutOff(how) {
      if (how === 'silent') isSilent = true
      else await server.refuse()
    },
    async reconnect() {
      if (isSilent) isSilent = false
      else await server.listen()
    },
    get arrived() {
      return arrived
    },
    get lost() {
      return sent - arrived
    },
    get underWay() {
      return server.answering
    },
    close: () => server.close(),
  }
}

/** Loading takes time that no quiet of the wire shows. */
async function loadSdk(plugin: ProviderPlugin, clock: SteppedClock): Promise<void> {
  const silent = (): void => undefined
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  const provider = await plugin.create({ id: plugin.manifest.id, credentials: {}, clock, logger })
  await provider.chat({ model: 'm', messages: [{ role: 'user', content: 'Are you there?' }] })
}

function createCall(request: WireRequest, left: AbortSignal, clock: SteppedClock, traffic: Traffic): WireCall {
  const { model = '', stream = false } = request.body as { readonly model?: string; readonly stream?: boolean }
  const gone = new Promise<never>((_, reject) => {
    left.addEventListener('abort', () => reject(new Error('The client left.')), { once: true })
  })
  gone.catch(() => undefined)
  return {
    model,
    streamed: stream,
    forever: () => gone,
    async wait(ms) {
      let passed: () => void = () => undefined
      const timer = clock.schedule(ms, () => passed())
      const waited = new Promise<void>((resolve) => (passed = resolve))
      await Promise.race([waited, gone]).finally(() => timer.cancel())
      traffic.count++
    },
  }
}
