import type { ChatResponse, FailureKind, JsonObject, Provider, ProviderError, Usage } from '@llmfb/core/provider'
import { collectStream, isProviderError } from '@llmfb/core/provider'
import { fail, ok, strictEqual } from 'node:assert/strict'
import { checkEvents } from '../check-events.ts'
import type { Test } from '../test.ts'
import type { WireAnswer, WirePieces } from '../wire/wire-answer.ts'
import { startWireServer, type WireServer } from '../wire/wire-server.ts'
import { checkAnswer, checkUsage } from './check-answer.ts'
import { cutsOf, seedOf } from './cuts.ts'
import { bodyOf, modelOf, type Recording } from './recording.ts'

export interface RecordingTests {
  /** What `readRecordings` gave, or some of it; undefined skips, aloud. */
  readonly recordings: readonly Recording[] | undefined
  /** Leads the names of the tests: `openai`. */
  readonly label: string
  /** Makes the provider under test; the service is at `baseUrl` (no path, no trailing slash). */
  connect(baseUrl: string, recording: Recording): Promise<Provider> | Provider
  /** What `usage` of the response should be, from what the vendor's SDK read. Not asked where it read nothing. */
  usage(read: JsonObject, recording: Recording): Usage | undefined
  /** What kind of failure a recorded error is. @default any kind will do */
  errorKind?(recording: Recording): FailureKind | undefined
  /**
   * For services whose streams go on after the marker that a provider takes for the end (the finish reason, which usage
   * and `[DONE]` follow): a stream that is cut behind it may succeed, if the answer is complete but for usage.
   * @default false
   */
  readonly cutAfterTerminalAllowed?: boolean | ((recording: Recording) => boolean)
}

/** How many recordings there are, and how many of them were replayed so far. */
export interface RecordingTally {
  readonly all: number
  readonly replayed: number
}

/**
 * Declares tests that serve recorded answers to a provider and compare what it makes of them with what the vendor's own
 * SDK read: whole, byte by byte and in random pieces; then cut off, which must never pass for an answer; and the
 * recorded errors.
 *
 * @returns a tally that grows as the tests run; undefined where there is nothing to replay
 */
export function testRecordings(test: Test, tests: RecordingTests): RecordingTally | undefined {
  const { recordings, label } = tests
  if (!recordings) {
    test.skip(`${label}: the recordings are not there: ../shared/recordings`, async () => {})
    return undefined
  }
  let replayed = 0
  const answers = recordings.filter(({ read }) => read !== undefined && read.err === undefined)
  const errors = recordings.filter(({ status }) => status >= 400)
  const all = answers.length + errors.length
  if (all === 0) {
    test.skip(`${label}: none of the ${recordings.length} recordings given is an answer or an error`, async () => {})
    return undefined
  }
  for (const recording of answers) {
    test(`${label} replays ${recording.id}`, async () => {
      await withServer((server) => replay(server, recording, tests))
      replayed += 1
    })
    test(`${label} notices that ${recording.id} is cut`, () => withServer((server) => cut(server, recording, tests)))
  }
  for (const recording of errors) {
    test(`${label} reports ${recording.id} (${recording.status})`, async () => {
      await withServer((server) => replayError(server, recording, tests))
      replayed += 1
    })
  }
  test(`${label} replayed all recordings`, async () => {
    // oxlint-disable-next-line no-console -- the one line that says how much evidence there is
    console.info(
      `${label}: ${replayed} recorded exchanges replayed (${answers.length} answers, ${errors.length} errors)`,
    )
    strictEqual(replayed, all, `${label}: ${all - replayed} of ${all} recordings failed or were not run`)
  })
  return {
    all,
    get replayed() {
      return replayed
    },
  }
}

async function withServer(run: (server: WireServer) => Promise<void>): Promise<void> {
  const server = await startWireServer()
  try {
    await run(server)
  } finally {
    await server.close()
  }
}

async function replay(server: WireServer, recording: Recording, tests: RecordingTests): Promise<void> {
  const provider = await tests.connect(server.url, recording)
  const usage = recording.read?.usage ? tests.usage(recording.read.usage, recording) : undefined
  const variants: readonly (readonly [string, WirePieces])[] = [
    ['whole', 'whole'],
    ['byte by byte', 'bytes'],
    ['in random pieces', { seed: seedOf(recording.id) }],
  ]
  for (const [name, pieces] of variants) {
    const what = `${recording.id}, ${name}`
    server.answer({ ...recordedAnswer(recording), pieces })
    const before = server.requests.length
    const response = await call(provider, recording)
    strictEqual(server.requests.length - before, 1, `${what}: requests sent`)
    strictEqual(response.provider, provider.id, `${what}: provider`)
    checkAnswer(response, recording, what)
    checkUsage(response, usage, what)
  }
}

async function cut(server: WireServer, recording: Recording, tests: RecordingTests): Promise<void> {
  const provider = await tests.connect(server.url, recording)
  const allowed = tests.cutAfterTerminalAllowed
  const mayBeWhole = typeof allowed === 'function' ? allowed(recording) : allowed === true
  const kinds = recording.stream ? ['truncated'] : ['truncated', 'malformed', 'network']
  for (const cutAt of cutsOf(recording)) {
    for (const how of ['end', 'destroy'] as const) {
      const what = `${recording.id}, cut after ${cutAt} bytes (${how})`
      server.answer({ ...recordedAnswer(recording), cutAt, cut: how })
      const result = await settle(provider, recording)
      if ('response' in result && recording.stream && mayBeWhole) checkAnswer(result.response, recording, what)
      else
        checkFailure(result, provider, what, (error) => ok(kinds.includes(error.kind), `${what}: kind '${error.kind}'`))
    }
  }
}

async function replayError(server: WireServer, recording: Recording, tests: RecordingTests): Promise<void> {
  const provider = await tests.connect(server.url, recording)
  const what = `${recording.id} (${recording.status})`
  const kind = tests.errorKind?.(recording)
  server.answer(recordedAnswer(recording))
  const result = await settle(provider, recording)
  strictEqual(server.requests.length, 1, `${what}: requests sent`)
  checkFailure(result, provider, what, (error) => {
    strictEqual(error.status, recording.status, `${what}: status`)
    if (kind !== undefined) strictEqual(error.kind, kind, `${what}: kind`)
  })
}

function recordedAnswer(recording: Recording): WireAnswer {
  return { status: recording.status, headers: recording.resHeaders, body: bodyOf(recording) }
}

/** Asks a question; which one is of no matter, since the answer is fixed. */
async function call(provider: Provider, recording: Recording): Promise<ChatResponse> {
  const request = { model: modelOf(recording), messages: [{ role: 'user', content: 'What is the answer?' }] } as const
  return recording.stream ? collectStream(checkEvents(provider.stream(request))) : provider.chat(request)
}

type Result = { readonly response: ChatResponse } | { readonly error: unknown }

async function settle(provider: Provider, recording: Recording): Promise<Result> {
  try {
    return { response: await call(provider, recording) }
  } catch (error) {
    return { error }
  }
}

function checkFailure(result: Result, provider: Provider, what: string, check: (error: ProviderError) => void): void {
  if ('response' in result) fail(`${what}: passed for an answer: ${JSON.stringify(result.response.text.slice(0, 80))}`)
  if (!isProviderError(result.error)) {
    throw new Error(`${what}: not a ProviderError: ${String(result.error)}`, { cause: result.error })
  }
  strictEqual(result.error.provider, provider.id, `${what}: provider of the error`)
  check(result.error)
}
