import { fieldsOf } from '../dialect/reading.ts'
import type { SpokenAnswer, SpokenFailure, WireDialect } from '../dialect/wire-dialect.ts'
import { doesNotApply } from '../suite/does-not-apply.ts'
import type { WireAnswer } from '../wire/wire-answer.ts'
import type { WireRequest } from '../wire/wire-request.ts'
import type { WireServer } from '../wire/wire-server.ts'
import type { MockFailure, MockService, RunningMock } from './mock-service.ts'

/** A mock behind a wire server, which keeps what was sent as it was sent, and passes it on. */
export interface Relay {
  /** The wire server, which takes no answers but the mock's. */
  readonly server: WireServer
  /** The dialect, as far as the mock leaves anything to be said. */
  readonly words: WireDialect
  say(spoken: SpokenAnswer, change: (answer: WireAnswer) => WireAnswer): void
  fail(failure: SpokenFailure): void
  stop(): Promise<void>
}

/** Headers that speak of a connection. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
])

export function createRelay(service: MockService, server: WireServer, dialect: WireDialect): Relay {
  let starting: Promise<RunningMock> | undefined
  const sameId = dialect.requestIdHeader === undefined ? {} : { [dialect.requestIdHeader]: 'req_relayed' }

  function answer(prepare: (mock: RunningMock) => void, change = (answer: WireAnswer): WireAnswer => answer): void {
    server.answer(async (request) => {
      const mock = await (starting ??= service.start())
      prepare(mock)
      const { headers: { 'x-request-id': _ownId, ...headers } = {}, ...told } = await pass(request, mock.url)
      // Each of its answers has an id of its own, also where they are alike.
      return change({ ...told, headers: { ...headers, ...sameId } })
    })
  }

  return {
    server: Object.create(server, { answer: { value: () => speaksForItself(service) } }) as WireServer,
    words: wordsOf(service, dialect),
    say: (spoken, change) => answer((mock) => mock.say(spoken), change),
    fail(failure) {
      const told = toMockFailure(service, failure) ?? speaksForItself(service)
      answer((mock) => mock.fail(told))
    },
    async stop() {
      await (await starting)?.stop()
    },
  }
}

async function pass({ method, path, headers, body }: WireRequest, url: string): Promise<WireAnswer> {
  const answer = await fetch(url + path, {
    method,
    headers: Object.entries(headers).filter(([name]) => !hopByHop.has(name)),
    ...(method !== 'GET' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: new Uint8Array(await answer.arrayBuffer()),
  }
}

/** Ends the case. */
function speaksForItself({ name }: MockService): never {
  return doesNotApply(`it needs answers of the suite’s own making, which ${name} does not give`)
}

/** What a case asks of a dialect without which it says nothing itself. */
function wordsOf(service: MockService, { requestIdHeader: _unknown, ...dialect }: WireDialect): WireDialect {
  const failures = Object.entries(dialect.failures).map(([kind, forms]) => {
    if (typeof forms === 'string') return [kind, forms] as const
    const told = forms.filter((form) => toMockFailure(service, form) !== undefined)
    return [kind, told.length > 0 ? told : `${service.name} has no words for it`] as const
  })
  const words: WireDialect = {
    ...dialect,
    tells: { ...dialect.tells, ...service.tells },
    failures: Object.fromEntries(failures) as unknown as WireDialect['failures'],
  }
  const own = ['answer', 'stream', 'frame', 'noise', 'failuresWithin200', 'failuresWithinStream', 'facets'] as const
  return Object.defineProperties(
    words,
    Object.fromEntries(own.map((name) => [name, { get: () => speaksForItself(service) }])),
  )
}

/** A failure without its form; undefined where that tells more than the mock can. */
function toMockFailure(service: MockService, { status, headers = {}, body }: SpokenFailure): MockFailure | undefined {
  const { message, type, code, status: word, param: _none, ...more } = errorIn(body('Something is wrong.'))
  const isPlain = Object.keys(headers).every((name) => name === 'content-type') && Object.keys(more).length === 0
  if (!isPlain || typeof message !== 'string') return undefined
  const kind = type ?? word
  if (!service.codes && (kind !== undefined || typeof code === 'string')) return undefined
  return { status, message, ...(typeof kind === 'string' && { type: kind }), ...(typeof code === 'string' && { code }) }
}

/** The fields of the `error` that a body has; none where it has no such thing. */
function errorIn(body: string | Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(fieldsOf(JSON.parse(String(body)))['error'])
  } catch {
    return {}
  }
}
