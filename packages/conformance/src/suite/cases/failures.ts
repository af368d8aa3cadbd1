import type { FailureKind } from '@llmfb/core/provider'
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { ReportedKind, SpokenFailure } from '../../dialect/wire-dialect.ts'
import type { WireAnswer } from '../../wire/wire-answer.ts'
import type { Bench, Way } from '../bench.ts'
import { benchTime } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { failureOf } from '../expect.ts'
import { reportedKinds } from '../reported-kinds.ts'
import { join, say } from '../spoken.ts'

/** The failure table: each kind in every form in which the service reports it. */
export const failureCases: readonly Case[] = [
  ...reportedKinds.map(reported),
  {
    id: 'failures.within-200',
    title: 'an error that comes as a good answer is a failure',
    async run(bench) {
      const { failuresWithin200: forms, answer } = bench.words
      if (forms.length === 0) doesNotApply('the service has no such errors')
      const { headers = {} } = answer(say(bench.words))
      for (const { name, kind, body } of forms) {
        await expectFailure(bench, { status: 200, headers, body: body('Something is wrong.') }, [kind], name)
      }
    },
  },
  {
    id: 'failures.within-stream',
    title: 'an error within a stream is a failure, wherever it comes',
    async run(bench) {
      const { failuresWithinStream: forms, stream } = bench.words
      if (!bench.capabilities.streaming) doesNotApply('it does not stream')
      if (forms.length === 0) doesNotApply('the service has no such errors')
      const { headers, events } = stream(say(bench.words))
      for (const { name, kind, event } of forms) {
        for (let at = 0; at < events.length; at++) {
          const body = join([...events.slice(0, at), event('Something is wrong.')])
          await expectFailure(bench, { headers, body }, [kind], `${name}, as event ${at}`, ['stream'])
        }
      }
    },
  },
  {
    id: 'failures.network',
    title: 'nobody there, and connections that break before an answer',
    async run(bench) {
      bench.server.answer(() => {
        throw new Error('the service breaks the connection')
      })
      for (const { name, call } of selected(bench)) {
        const before = bench.server.requests.length
        await failureOf(call(bench.provider, bench.ask()), `${name}, broken`, ['network'])
        strictEqual(bench.server.requests.length - before, bench.hasService ? 1 : 0, `${name}: requests sent`)
      }
      await bench.server.refuse()
      for (const { name, call } of selected(bench)) {
        await failureOf(call(bench.provider, bench.ask()), `${name}, refused`, ['network'])
      }
    },
  },
  {
    id: 'failures.retry-after',
    title: 'how long to wait is told, in seconds and as a date',
    async run(bench) {
      const { words } = bench
      const failure = formsOf(bench, 'rate-limit')[0] ?? doesNotApply('the service limits no rates')
      const forms = words.retryAfter
        ? [words.retryAfter(17)]
        : [{ 'retry-after': '17' }, { 'retry-after': new Date(benchTime + 17_000).toUTCString() }]
      for (const headers of forms) {
        // A date is by the clock of the service, which it sends along.
        const date = new Date(benchTime).toUTCString()
        const answer = { ...toAnswer(failure, 'Slow down.'), headers: { ...failure.headers, ...headers, date } }
        for (const error of await expectFailure(bench, answer, ['rate-limit'], JSON.stringify(headers))) {
          strictEqual(error.retryAfterMs, 17_000, JSON.stringify(headers))
        }
      }
      // One that says nothing, or nonsense, makes no time up.
      const nonsense = { ...toAnswer(failure, 'Slow down.'), headers: { ...failure.headers, 'retry-after': 'soon' } }
      for (const error of await expectFailure(bench, nonsense, ['rate-limit'], 'nonsense')) {
        ok(error.retryAfterMs === undefined, `a time to wait was made up: ${error.retryAfterMs}`)
      }
    },
  },
  {
    id: 'failures.any-status',
    title: 'every status of failure, with no body or any, is a ProviderError with that status',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      const statuses = [400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 418, 422, 424, 425, 429, 451]
      const bodies = ['', 'null', '[]', '"no"', '{}', '{"error":null}', '{"error":"no"}', '{"message":"no"}', '<html>']
      for (const [index, status] of [...statuses, 500, 501, 502, 503, 504, 520, 529, 599].entries()) {
        for (const body of [bodies[index % bodies.length] ?? '', bodies[(index + 4) % bodies.length] ?? '']) {
          const type = body.startsWith('<') ? 'text/html' : 'application/json'
          const answer = { status, headers: { 'content-type': type }, body }
          for (const error of await expectFailure(bench, answer, [], `${status} ${body}`)) {
            strictEqual(error.status, status, `${status} ${body}: status`)
          }
        }
      }
    },
  },
  {
    id: 'failures.no-retries',
    title: 'whatever fails is asked once: to try again is for the router alone',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      for (const status of [408, 409, 425, 429, 500, 502, 503, 504, 529]) {
        const headers = { 'content-type': 'application/json', 'retry-after': '0', 'x-should-retry': 'true' }
        await expectFailure(bench, { status, headers, body: '{"error":{"message":"again"}}' }, [], String(status))
      }
    },
  },
]

function reported(kind: ReportedKind): Case {
  return {
    id: `failures.${kind}`,
    title: `what the service reports as '${kind}' is that kind, with status, code and message`,
    async run(bench) {
      for (const form of formsOf(bench, kind)) {
        const { words } = bench
        bench.fail(form, words.requestIdHeader === undefined ? {} : { [words.requestIdHeader]: 'req_4713' })
        const errors = await expectFailures(bench, [kind], form.name)
        for (const error of errors) {
          strictEqual(error.status, form.status, `${form.name}: status`)
          if (form.code !== undefined) strictEqual(error.providerCode, form.code, `${form.name}: providerCode`)
          strictEqual(error.model, bench.model, `${form.name}: model`)
          if (words.requestIdHeader !== undefined) strictEqual(error.requestId, 'req_4713', `${form.name}: requestId`)
        }
      }
    },
  }
}

/** @throws what ends the case, where the service never reports such a thing */
function formsOf(bench: Bench, kind: ReportedKind): readonly SpokenFailure[] {
  const forms = bench.words.failures[kind]
  return typeof forms === 'string' ? doesNotApply(forms) : forms
}

export function toAnswer({ status, headers, body }: SpokenFailure, message: string): WireAnswer {
  return { status, body: body(message), ...(headers && { headers }) }
}

function selected({ ways, words }: Bench, names: readonly Way['name'][] = ['chat', 'stream']): readonly Way[] {
  return ways.filter(({ name }) => names.includes(name) && words !== undefined)
}

/** Asks in every way; each is one request, and fails with one of `kinds`. */
async function expectFailure(
  bench: Bench,
  answer: WireAnswer,
  kinds: readonly FailureKind[],
  what: string,
  names?: readonly Way['name'][],
): Promise<Awaited<ReturnType<typeof failureOf>>[]> {
  bench.server.answer(answer)
  return expectFailures(bench, kinds, what, names)
}

async function expectFailures(
  bench: Bench,
  kinds: readonly FailureKind[],
  what: string,
  names?: readonly Way['name'][],
): Promise<Awaited<ReturnType<typeof failureOf>>[]> {
  const errors: Awaited<ReturnType<typeof failureOf>>[] = []
  for (const { name, call } of selected(bench, names)) {
    const before = bench.server.requests.length
    const error = await failureOf(call(bench.provider, bench.ask()), `${name}, ${what}`, kinds)
    deepStrictEqual(bench.server.requests.length - before, 1, `${name}, ${what}: requests sent`)
    strictEqual(error.provider, bench.provider.id, `${name}, ${what}: provider`)
    errors.push(error)
  }
  return errors
}
