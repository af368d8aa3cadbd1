import { isDeepStrictEqual } from 'node:util'
import type { Attempt } from '../../../src/provider/ledger.ts'
import type { Caller } from '../caller.ts'
import type { CreateInvariant, Remains, Violate } from '../invariant.ts'
import { roundingMs, routerId } from '../invariant.ts'
import type { Run, StartedAttempt } from '../run-book.ts'

/**
 * The ledger tells all: numbers from 1 without a gap, in order, one after the other; a success only as the last one and
 * only of a success; the ledger that a caller gets is what events told; every call that a service saw is in exactly one
 * ledger, and no other is.
 */
export const ledgers: CreateInvariant = (scenario, violate) => ({
  end(remains) {
    for (const run of remains.runs.values()) checkRun(run, violate)
    for (const run of remains.runs.values()) {
      const outcome = run.caller?.outcome
      if (outcome === undefined || !('ledger' in outcome)) continue
      checkDelivered(run, outcome.ledger.attempts, `caller ${run.caller?.id}`, violate)
      if (outcome.ledger.route !== run.route)
        violate(`caller ${run.caller?.id} got the ledger of ${outcome.ledger.route}`)
      const tookMs = (run.endedAt ?? Number.NaN) - run.startedAt
      if (outcome.ledger.latencyMs !== tookMs)
        violate(`request ${run.number} took ${tookMs}, not ${outcome.ledger.latencyMs}`)
    }
    checkCalls(remains, violate)
    for (const { number, attempts, route } of remains.runs.values()) {
      const most = scenario.routes[route]?.maxAttempts ?? 6
      // To look whether a model is loaded by now counts as none.
      const made = attempts.filter(({ line }) => line?.kind !== 'warming').length
      if (made > most) violate(`request ${number} made ${made} of ${most} attempts`)
    }
  },
})

function checkRun(run: Run, violate: Violate): void {
  let endedAt = run.startedAt
  run.attempts.forEach((attempt, index) => {
    const name = `attempt ${attempt.number} of request ${run.number}`
    const { line } = attempt
    if (attempt.number !== index + 1) violate(`${name} is the ${index + 1}. to start`)
    if (line === undefined) {
      violate(`${name} never ended`)
      return
    }
    if (attempt.at < endedAt) violate(`${name} began before the one before had ended`)
    endedAt = attempt.endedAt ?? Number.NaN
    checkLine(run, attempt, line, name, violate)
    const first = ['first', 'forced', 'waited'].includes(line.reason)
    if (index === 0 ? !first : line.reason === 'first') violate(`${name} was made for reason '${line.reason}'`)
    const last = index === run.attempts.length - 1
    if (line.outcome !== 'failure' && !last) violate(`${name} was a ${line.outcome} and not the last`)
  })
  const succeeded = run.ends[0] === 'request-succeeded'
  const lastOutcome = run.attempts.at(-1)?.line?.outcome
  if (succeeded !== (lastOutcome === 'success')) violate(`request ${run.number}: ${run.ends[0]} after a ${lastOutcome}`)
}

function checkLine(run: Run, attempt: StartedAttempt, line: Attempt, name: string, violate: Violate): void {
  const told = [line.number, line.target, line.reason, line.startMs, line.durationMs]
  const seen = [
    attempt.number,
    attempt.target,
    attempt.reason,
    attempt.at - run.startedAt,
    (attempt.endedAt ?? Number.NaN) - attempt.at,
  ]
  if (!isDeepStrictEqual(told, seen))
    violate(`${name} is in the ledger as ${told.join(' ')}, and was ${seen.join(' ')}`)
  if ((line.waitedMs ?? 0) > line.startMs + roundingMs)
    violate(`${name} waited ${line.waitedMs} ms before ${line.startMs}`)
  if ((line.outcome === 'failure') !== (line.kind !== undefined))
    violate(`${name} is a ${line.outcome} of kind ${line.kind}`)
  if (attempt.inner === undefined) return
  // A route that was ended from outside, by a clock or the caller, cannot hand out its ledger.
  const endedFromOutside = line.outcome === 'aborted' || line.kind === 'timeout'
  if (line.attempts !== undefined) checkDelivered(attempt.inner, line.attempts, name, violate)
  else if (!endedFromOutside) violate(`${name}, ${line.outcome} ${line.kind}, lacks the ledger of the route within`)
}

function checkDelivered(run: Run, attempts: readonly Attempt[], where: string, violate: Violate): void {
  const told = run.attempts.map(({ line }) => line)
  const same = told.length === attempts.length && told.every((line, index) => line === attempts[index])
  if (!same && !isDeepStrictEqual(told, attempts)) violate(`${where} got another ledger than request ${run.number} had`)
}

/** The calls that services saw and those in ledgers are the same. */
function checkCalls({ runs, calls }: Remains, violate: Violate): void {
  const open = new Map<string, number>()
  const count = (key: string, by: number): void => {
    open.set(key, (open.get(key) ?? 0) + by)
  }
  for (const { caller, target, at } of calls) count(`${target} at ${at} for caller ${caller}`, 1)
  const add = (run: Run, caller: Caller): void => {
    for (const { target, at, inner } of run.attempts) {
      if (inner) add(inner, caller)
      else if (!target.startsWith(`${routerId}/`)) count(`${target} at ${at} for caller ${caller.id}`, -1)
    }
  }
  for (const run of runs.values()) if (run.caller) add(run, run.caller)
  for (const [key, difference] of open) {
    if (difference > 0) violate(`the call of ${key} is in no ledger`)
    if (difference < 0) violate(`the call of ${key} is in a ledger, and no service saw it`)
  }
}
