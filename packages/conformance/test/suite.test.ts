import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { type Recording, type RecordingTests, type Test, testRecordings } from '../src/index.ts'
import { type Counts, createReferenceProvider, type Flaws, toUsage } from './reference-provider.ts'

/** A runner that keeps tests instead of running them. */
function createRunner() {
  const declared: { readonly name: string; readonly run: () => Promise<void> }[] = []
  const skipped: string[] = []
  const test: Test = Object.assign((name: string, run: () => Promise<void>) => void declared.push({ name, run }), {
    skip: (name: string) => void skipped.push(name),
  })
  async function run(): Promise<Record<string, string>> {
    const failures: Record<string, string> = {}
    for (const { name, run: runTest } of declared) {
      await runTest().catch((error: unknown) => (failures[name] = String((error as Error).message)))
    }
    return failures
  }
  return { test, skipped, names: () => declared.map(({ name }) => name), run }
}

const usage = { prompt_tokens: 12, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 2 } }
const common = {
  provider: 'x',
  api: 'chat',
  method: 'POST',
  url: 'https://x.example/v1/chat/completions',
  features: [],
}
const reqBody = { model: 'small', messages: [] }

function toEventStream(chunks: readonly object[]): string {
  return [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
}

const plain: Recording = {
  ...common,
  id: 'plain',
  status: 200,
  stream: false,
  reqBody,
  resHeaders: { 'content-type': 'application/json', 'content-length': '1' },
  resBody: `${JSON.stringify({ model: 'small', choices: [{ message: { content: 'Grüße 🌤️' }, finish_reason: 'stop' }], usage })}\n`,
  read: { text: 'Grüße 🌤️', reasoning: '', tools: [], finish: 'stop', usage },
}
const streamed: Recording = {
  ...common,
  id: 'streamed',
  status: 200,
  stream: true,
  reqBody,
  resHeaders: { 'content-type': 'text/event-stream; charset=utf-8' },
  resBody: toEventStream([
    { model: 'small', choices: [{ delta: { role: 'assistant', content: '' } }] },
    { model: 'small', choices: [{ delta: { content: 'Grüße ' } }] },
    { model: 'small', choices: [{ delta: { content: '🌤️' } }] },
    {
      model: 'small',
      choices: [{ delta: { tool_calls: [{ index: 0, id: 'c', function: { name: 'add', arguments: '' } }] } }],
    },
    { model: 'small', choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{"a": 1}' } }] } }] },
    { model: 'small', choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
    { model: 'small', choices: [], usage },
  ]),
  read: { text: 'Grüße 🌤️', reasoning: '', tools: [{ name: 'add', args: { a: 1 } }], finish: 'tool_calls', usage },
}
const refused: Recording = {
  ...common,
  id: 'refused',
  status: 429,
  stream: false,
  features: ['error'],
  reqBody,
  resHeaders: { 'content-type': 'application/json' },
  resBody: '{"error":{"message":"slow down"}}',
}

function testsOf(flaws: Flaws, overrides: Partial<RecordingTests> = {}): RecordingTests {
  return {
    label: 'x',
    recordings: [plain, streamed, refused],
    connect: (baseUrl) => createReferenceProvider(baseUrl, flaws),
    usage: (read) => toUsage(read as unknown as Counts),
    errorKind: () => 'rate-limit',
    ...overrides,
  }
}

async function failuresOf(flaws: Flaws, overrides?: Partial<RecordingTests>): Promise<Record<string, string>> {
  const runner = createRunner()
  testRecordings(runner.test, testsOf(flaws, overrides))
  return runner.run()
}

const replays = ['x replays plain', 'x replays streamed'] as const
const cuts = ['x notices that plain is cut', 'x notices that streamed is cut'] as const
const error = 'x reports refused (429)'
const summary = 'x replayed all recordings'

describe('testRecordings', () => {
  let info: MockInstance<typeof console.info>
  beforeEach(() => {
    info = vi.spyOn(console, 'info').mockImplementation(() => {})
  })
  afterEach(() => info.mockRestore())

  it('declares a test for each answer, its cuts and each error, and counts them', () => {
    const runner = createRunner()
    testRecordings(runner.test, testsOf({}))
    expect(runner.names()).toEqual([replays[0], cuts[0], replays[1], cuts[1], error, summary])
    expect(runner.skipped).toEqual([])
  })

  it('skips aloud where there are no recordings', () => {
    const runner = createRunner()
    testRecordings(runner.test, testsOf({}, { recordings: undefined }))
    expect(runner.names()).toEqual([])
    expect(runner.skipped).toEqual(['x: the recordings are not there: ../shared/recordings'])
  })

  it('passes a provider that does everything right', async () => {
    expect(await failuresOf({})).toEqual({})
  })

  it.each<readonly [string, Flaws, readonly string[], string]>([
    ['takes a cut stream for an answer', { takesCutForEnd: true }, [cuts[1]], 'passed for an answer'],
    ['breaks characters between chunks', { decodesEachChunk: true }, [replays[1], summary], 'byte by byte: text'],
    ['forgets the usage', { forgetsUsage: true }, [...replays, summary], 'whole: usage'],
    ['retries', { retries: true }, [...replays, error, summary], 'requests sent'],
    ['throws plain errors', { throwsPlainErrors: true }, [...cuts, error, summary], 'not a ProviderError'],
    ['guesses the kind', { guessesKind: 'quota' }, [error, summary], 'refused (429): kind'],
  ])('fails a provider that %s', async (_, flaws, expected, complaint) => {
    const failures = await failuresOf(flaws)
    expect(Object.keys(failures).sort()).toEqual([...expected].sort())
    expect(Object.values(failures)[0]).toContain(complaint)
  })

  it('compares what was read: text, reasoning, tools, finish and absent usage', async () => {
    const { usage: _, ...read } = plain.read!
    const wrong: Partial<Recording['read']>[] = [
      { text: 'Hello' },
      { reasoning: 'hm' },
      { tools: [{ name: 'add', args: {} }] },
      { finish: 'length' },
    ]
    for (const part of wrong) {
      const recordings = [{ ...plain, read: { ...plain.read!, ...part } }]
      expect(await failuresOf({}, { recordings })).toHaveProperty(['x replays plain'])
    }
    expect(await failuresOf({}, { recordings: [{ ...plain, read }] })).toHaveProperty(['x replays plain'])
    expect(await failuresOf({ forgetsUsage: true }, { recordings: [{ ...plain, read }] })).toEqual({})
  })

  it('lets a stream that is cut behind its terminal marker pass only where that is allowed', async () => {
    const flaws = { endsAtFinishReason: true }
    expect((await failuresOf(flaws))[cuts[1]]).toContain('passed for an answer')
    expect(await failuresOf(flaws, { cutAfterTerminalAllowed: true })).toEqual({})
    expect(await failuresOf(flaws, { cutAfterTerminalAllowed: ({ id }) => id === 'streamed' })).toEqual({})
    expect(await failuresOf(flaws, { cutAfterTerminalAllowed: ({ id }) => id === 'plain' })).toHaveProperty([cuts[1]])
  })

  it('lets no incomplete answer pass, even so', async () => {
    const failures = await failuresOf({ takesCutForEnd: true }, { cutAfterTerminalAllowed: true })
    expect(failures[cuts[1]]).toMatch(/^streamed, cut after \d+ bytes \(end\): text/)
  })

  it('leaves out what has no reading: other calls, and what the SDK could not read', () => {
    const { read: _, ...unread } = plain
    const runner = createRunner()
    const recordings = [unread, { ...plain, read: { ...plain.read!, err: 'SyntaxError' } }]
    testRecordings(runner.test, testsOf({}, { recordings }))
    expect(runner.names()).toEqual([])
    expect(runner.skipped).toEqual(['x: none of the 2 recordings given is an answer or an error'])
  })

  it('says how much evidence there is', async () => {
    await failuresOf({})
    expect(info).toHaveBeenCalledExactlyOnceWith('x: 3 recorded exchanges replayed (2 answers, 1 errors)')
  })
})
