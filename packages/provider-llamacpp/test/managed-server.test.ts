import { createRouter } from '@llmfb/core'
import {
  type ApiKey,
  type ChatResponse,
  type Clock,
  collectStream,
  type Logger,
  type Provider,
} from '@llmfb/core/provider'
import { llamacpp, type ManagedServerOptions } from '@llmfb/provider-llamacpp'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, test, vi } from 'vitest'
import type { LlamaCppProvider } from '../src/llamacpp-provider.ts'
import { clock, connect, rejectionOf } from './connect.ts'

const script = join(import.meta.dirname, 'fake-llama-server.mjs')
const request = { model: 'local', messages: [{ role: 'user', content: 'A secret question' }] } as const

const open: LlamaCppProvider[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(open.splice(0).map((provider) => provider.dispose()))
})

interface Started {
  readonly provider: LlamaCppProvider
  readonly logged: [level: string, message: string, fields: Readonly<Record<string, unknown>> | undefined][]
  /** Lines of the server that were logged. */
  readonly lines: () => unknown[]
  /** The process that said so in its log. */
  readonly pid: () => Promise<number>
}

async function start(
  flags: readonly string[] = [],
  options: Partial<ManagedServerOptions> & { readonly apiKey?: ApiKey; readonly clock?: Clock } = {},
): Promise<Started> {
  const { apiKey, clock: time = clock, ...server } = options
  const logged: Started['logged'] = []
  const log =
    (level: string) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void logged.push([level, message, fields])
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
  const provider = await connect(
    {
      ...(apiKey === undefined ? {} : { apiKey }),
      server: { command: process.execPath, args: [script, ...flags], ...server },
    },
    { clock: time, logger },
  )
  open.push(provider)
  const lines = (): unknown[] => logged.filter(([level]) => level === 'debug').map(([, , fields]) => fields?.['line'])
  const pid = (): Promise<number> =>
    vi.waitFor(() => {
      const found = lines().findLast((line) => String(line).includes(' pid '))
      expect(found).toBeDefined()
      return Number(/\d+$/.exec(String(found))?.[0])
    }, 5000)
  return { provider, logged, lines, pid }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    // Dead, and not yet taken note of by whoever its parent is now.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return process.platform !== 'linux'
  }
}

/** The process that answered. */
const answeredBy = (text: string): number => Number(/\d+$/.exec(text)?.[0])

describe('a start', () => {
  it('happens on the first use, once for all who wait, and never before', async () => {
    const { provider, lines } = await start()
    expect(lines()).toEqual([])
    const [one, two] = await Promise.all([provider.chat(request), collectStream(provider.stream(request))])
    const three = await provider.chat(request)
    expect(one.text).toMatch(/^Hello from \d+$/)
    expect([two.text, three.text]).toEqual([one.text, one.text])
    expect(lines().filter((line) => String(line).includes(' pid '))).toHaveLength(1)
  })

  it('ends with the model loaded, and with what the server says of it', async () => {
    const { provider } = await start(['--looks', '3'])
    expect(provider.capabilities('local')).toMatchObject({ input: ['image'] })
    await provider.warmUp?.warmUp('local')
    expect(provider.capabilities('local')).toMatchObject({ input: [], contextWindow: 4096 })
    expect(provider.capabilities('another')).toMatchObject({ input: [], contextWindow: 4096 })
  })

  it('gives the server the key, that it is to ask for, and its environment', async () => {
    vi.stubEnv('LLAMA_API_KEY', undefined)
    const { provider, lines } = await start(['--print-environment', 'HF_TOKEN'], {
      apiKey: 'a-key-of-the-server',
      env: { HF_TOKEN: 'a-secret-of-the-environment' },
    })
    expect((await provider.chat(request)).text).toMatch(/^Hello/)
    expect(lines()).toContain('environment [redacted]')
  })

  it('fetches the key of its function, which it asks for and is asked with until the next start', async () => {
    const keys = ['key-of-the-first-start', 'key-of-the-second-start']
    const { provider, lines } = await start(['--print-environment', 'LLAMA_API_KEY'], {
      apiKey: async () => [keys.shift() ?? '', 'key-of-the-third-start'],
      log: (line) => /^environment key-of-the-(\w+)-start$/.exec(line)?.[1],
    })
    for (let count = 1; count <= 2; count++) {
      expect((await provider.chat(request)).text).toMatch(/^Hello/)
      expect((await collectStream(provider.stream(request))).text).toMatch(/^Hello/)
      await provider.stop()
    }
    expect(lines()).toEqual(['first', 'second'])
  })

  it.each([
    ['gives none', (): string => '', 'authentication', 'there is no API key'],
    [
      'gives what no header carries',
      (): string => 'a key\nof two lines',
      'authentication',
      'characters that no key has',
    ],
    [
      'fails',
      (): Promise<string> => Promise.reject(new Error('vault')),
      'unknown',
      'the function that fetches the API key failed',
    ],
  ] as const)('is none where the function of its key %s', async (_, apiKey, kind, words) => {
    const { provider, lines } = await start([], { apiKey, log: 'all' })
    const message = expect.stringContaining(words)
    expect(await rejectionOf(provider.chat(request))).toMatchObject({ kind, provider: 'llamacpp', message })
    expect(lines()).toEqual([])
  })

  it('takes the port that it is told', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { provider } = await start([], { port })
    expect(await rejectionOf(provider.chat(request))).toMatchObject({
      name: 'ProviderError',
      kind: 'model-not-found',
      providerCode: 'EADDRINUSE',
      message: expect.stringContaining(`Port ${port}`),
    })
    taken.close()
    await once(taken, 'close')
    expect((await provider.chat(request)).text).toMatch(/^Hello/)
  })
})

describe('a start that fails', () => {
  it('names the program that is missing, and what to do', async () => {
    const { provider } = await start([], { command: '/nowhere/llama-server' })
    expect(await rejectionOf(provider.chat(request))).toMatchObject({
      kind: 'model-not-found',
      provider: 'llamacpp',
      providerCode: 'ENOENT',
      message: expect.stringMatching(/install llama\.cpp, or set `server\.command`/),
    })
  })

  it('tells the exit code and the last words, without secrets, and is tried anew by the next call', async () => {
    const { provider, lines } = await start(['--crash', '7'], {
      env: { SOME_TOKEN: 'GGUF file' },
    })
    for (let count = 1; count <= 2; count++) {
      expect(await rejectionOf(collectStream(provider.stream(request)))).toMatchObject({
        kind: 'model-not-found',
        providerCode: 'exit-7',
        message: expect.stringMatching(/exit code 7 .*error: failed to open \[redacted\]$/),
      })
      expect(lines().filter((line) => String(line).includes(' pid '))).toHaveLength(count)
    }
  })

  it('takes no longer than it may, and leaves nothing behind', async () => {
    const { provider, pid } = await start(['--looks', '1000000'], { startTimeoutMs: 700 })
    const failed = rejectionOf(provider.chat(request))
    const started = await pid()
    expect(isAlive(started)).toBe(true)
    expect(await failed).toMatchObject({ kind: 'timeout', message: expect.stringContaining('700 ms') })
    await provider.stop()
    expect(isAlive(started)).toBe(false)
  })

  it('that the last of those who wait aborts leaves no process', async () => {
    const { provider, pid } = await start(['--looks', '1000000'])
    const [one, two] = [new AbortController(), new AbortController()]
    const left = rejectionOf(provider.warmUp?.warmUp('local', { signal: one.signal }))
    const stayed = rejectionOf(provider.chat(request, { signal: two.signal }))
    const started = await pid()
    one.abort('the first')
    expect(await left).toBe('the first')
    expect(isAlive(started)).toBe(true)
    two.abort('the last')
    expect(await stayed).toBe('the last')
    await vi.waitFor(() => expect(isAlive(started)).toBe(false), 5000)
  })

  it('is never begun for who has left already', async () => {
    const { provider, lines } = await start()
    const signal = AbortSignal.abort('gone')
    expect(await rejectionOf(provider.chat(request, { signal }))).toBe('gone')
    await provider.stop()
    expect(lines()).toEqual([])
  })
})

describe('a stop', () => {
  it('ends the process; the next call starts another', async () => {
    const { provider } = await start()
    const first = answeredBy((await provider.chat(request)).text)
    await provider.stop()
    expect(isAlive(first)).toBe(false)
    const second = answeredBy((await provider.chat(request)).text)
    expect(second).not.toBe(first)
    expect(isAlive(second)).toBe(true)
    await provider.dispose()
    expect(isAlive(second)).toBe(false)
    expect(await rejectionOf(provider.chat(request))).toMatchObject({ kind: 'unknown' })
  })

  it('kills a process that ignores SIGTERM, when the time is over by the clock that was given', async () => {
    const stopTimeoutMs = 123_456_789
    let kill: (() => void) | undefined
    const withoutKilling: Clock = {
      ...clock,
      schedule(delayMs, run) {
        if (delayMs !== stopTimeoutMs) return clock.schedule(delayMs, run)
        kill = run
        return { cancel() {} }
      },
    }
    const { provider, lines } = await start(['--ignore-sigterm'], { stopTimeoutMs, clock: withoutKilling, log: 'all' })
    const pid = answeredBy((await provider.chat(request)).text)
    const stopped = provider.stop()
    await vi.waitFor(() => expect(lines()).toContain('SIGTERM ignored'), 5000)
    expect(isAlive(pid)).toBe(true)
    kill?.()
    await stopped
    expect(isAlive(pid)).toBe(false)
  })

  it('during a start fails those who wait', async () => {
    const { provider, pid } = await start(['--looks', '1000000'])
    const waiting = rejectionOf(provider.chat(request))
    const started = await pid()
    await provider.stop()
    expect(await waiting).toMatchObject({ kind: 'unknown', message: 'llama-server was stopped' })
    expect(isAlive(started)).toBe(false)
  })

  it('is the plugin’s as well', async () => {
    const plugin = llamacpp({ server: { command: process.execPath, args: [script] } })
    await plugin.stop()
    const router = createRouter({ providers: [plugin], routes: { chat: ['llamacpp/local'] } })
    const { text } = await router.chat({ ...request, model: 'chat' })
    expect(isAlive(answeredBy(text))).toBe(true)
    await plugin.stop()
    expect(isAlive(answeredBy(text))).toBe(false)
    router.dispose()
  })
})

it('a router leaves a cold server to its load, and comes back to it', async () => {
  const plugin = llamacpp({ server: { command: process.execPath, args: [script, '--looks', '8'] } })
  const answer: ChatResponse = {
    text: 'spare',
    content: [{ type: 'text', text: 'spare' }],
    finishReason: { unified: 'stop', raw: 'stop' },
    warnings: [],
    model: 'm',
    provider: 'spare',
  }
  const spare: Provider = {
    specificationVersion: 1,
    id: 'spare',
    capabilities: () => llamacpp().manifest.capabilities,
    chat: async () => answer,
    stream: () => {
      throw new Error('nobody streams')
    },
  }
  const router = createRouter({
    providers: [plugin, spare],
    routes: {
      chat: { stages: [{ targets: ['llamacpp/local', 'spare/m'] }], attemptMs: 300 },
    },
  })
  const ask = { ...request, model: 'chat' } as const
  const cold = await router.chat(ask)
  expect(cold.text).toBe('spare')
  expect(cold.attempts[0]).toMatchObject({ target: 'llamacpp/local', outcome: 'failure', kind: 'warming' })
  const warm = await vi.waitFor(async () => {
    const later = await router.chat(ask)
    expect(later.provider).toBe('llamacpp')
    return later
  }, 10_000)
  expect(isAlive(answeredBy(warm.text))).toBe(true)
  await plugin.stop()
  router.dispose()
})

it('a crash fails the call under way, is logged, and the next call starts it anew', async () => {
  const { provider, logged, pid } = await start(['--crash-on-chat'])
  expect(await rejectionOf(provider.chat(request))).toMatchObject({ name: 'ProviderError', kind: 'network' })
  const first = await pid()
  await vi.waitFor(() => expect(logged).toContainEqual(['warn', 'llama-server ended', { code: 3 }]), 5000)
  expect(await rejectionOf(provider.chat(request))).toMatchObject({ kind: 'network' })
  expect(await pid()).not.toBe(first)
})

describe('its log', () => {
  test.for([
    ['loading', 'main: loading model', undefined],
    ['all', 'main: loading model', 'prompt: A secret question'],
    ['none', undefined, undefined],
  ] as const)('%s', async ([log, early, late]) => {
    const { provider, lines } = await start([], { log })
    await provider.chat(request)
    await provider.stop()
    expect(lines().find((line) => line === 'main: loading model')).toBe(early)
    expect(lines().find((line) => String(line).includes('secret question'))).toBe(late)
  })

  it('is what a filter leaves of it; one that throws leaves nothing', async () => {
    const { provider, lines } = await start([], {
      log(line) {
        if (line.startsWith('srv')) throw new Error('no')
        return line.startsWith('prompt') ? 'a prompt' : undefined
      },
    })
    await provider.chat(request)
    await provider.stop()
    expect(lines()).toEqual(['a prompt'])
  })
})

it('neither keeps a program from ending nor outlives it', async () => {
  const program = `
    const { llamacpp } = await import('@llmfb/provider-llamacpp')
    const { createRouter } = await import('@llmfb/core')
    const server = { command: process.execPath, args: [${JSON.stringify(script)}] }
    const llm = createRouter({ providers: [llamacpp({ server })], routes: { chat: ['llamacpp/local'] } })
    console.log((await llm.chat({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] })).text)`
  const args = [
    '--conditions=@llmfb/source',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    program,
  ]
  const text = execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8', timeout: 20_000 })
  expect(answeredBy(text.trim())).toBeGreaterThan(0)
  await vi.waitFor(() => expect(isAlive(answeredBy(text.trim()))).toBe(false), 5000)
})
