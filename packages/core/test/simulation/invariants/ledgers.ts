import { isDeepStrictEqual } from 'node:util'
import type { Attempt } from '../../../src/provider/ledger.ts'
import type { CreateInvariant, Remains, Violate } from '../invariant.ts'
import { roundingMs, routerId } from '../invariant.ts'
import type { Run, StartedAttempt } from '../run-book.ts'

/**
 * The ledger tells all: numbers from 1 without a gap, in order, one after the other but for a hedge beside the first;
 * a success only as the last one and only of a success; the ledger that a caller gets is what events told; every call
 * that a service saw is in exactly one ledger, and no other is; nothing happens to a request that has ended.
 */
export const ledgers: CreateInvariant = (_, violate) => ({
  see(event, at, run) {
    if (run === undefined || event.type.startsWith('request-')) return
    if (run.ends.length > 0) violate(`request ${run.number} had ended, and then ${event.type} at ${at}`)
  },
  end({ runs, calls }) {
    for (const run of runs.values()) {
      checkRun(run, violate)
      const outcome = run.caller?.outcome
      if (outcome === undefined || !('ledger' in outcome)) continue
      checkDelivered(run, outcome.ledger.attempts, `caller ${run.caller?.id}`, violate)
      if (outcome.ledger.route !== run.route)
        violate(`caller ${run.caller?.id} got the ledger of ${outcome.ledger.route}`)
      const tookMs = (run.endedAt ?? Number.NaN) - run.startedAt
      if (outcome.ledger.latencyMs !== tookMs)
        violate(`request ${run.number} took ${tookMs}, not ${outcome.ledger.latencyMs}`)
    }
    checkCalls(runs, calls, violate)
    for (const { number, attempts, options } of runs.values()) {
      // To look whether a model is loaded by now counts as none.
      const made = attempts.filter(({ line }) => line?.kind !== 'warming').length
      if (made > options.maxAttempts) violate(`request ${number} made ${made} of ${options.maxAttempts} attempts`)
    }
  },
})

function checkRun(run: Run, violate: Violate): void {
  let before: StartedAttempt | undefined
  run.attempts.forEach((attempt, index) => {
    const name = `attempt ${attempt.number} of request ${run.number}`
    const { line } = attempt
    if (attempt.number !== index + 1) violate(`${name} is the ${index + 1}. to start`)
    if (line === undefined) {
      violate(`${name} never ended`)
      return
    }
    const isBeside = (before?.endedAt ?? run.startedAt) > attempt.at
    if (isBeside && line.reason !== 'hedge') violate(`${name} began before the one before had ended`)
    if (before === undefined || (before.endedAt ?? 0) <= (attempt.endedAt ?? 0)) before = attempt
    checkLine(run, attempt, line, name, violate)
    const first = ['first', 'forced', 'waited'].includes(line.reason)
    if (index === 0 ? !first : line.reason === 'first') violate(`${name} was made for reason '${line.reason}'`)
  })
  checkOutcomes(run, violate)
}

/** Leaving aside those that were outraced: failures, then one success, or those that the caller left. */
function checkOutcomes(run: Run, violate: Violate): void {
  const all = run.attempts.map(({ line }) => line?.outcome)
  const outcomes = all.filter((outcome) => outcome !== 'outraced')
  const [end] = run.ends
  const told = outcomes.join(', ')
  const others = outcomes.filter((outcome) => outcome !== 'failure')
  if (outcomes.slice(0, outcomes.length - others.length).some((outcome) => outcome !== 'failure')) {
    // A hedge may fail beside the call that answers, or that is left.
    const isHedged = run.attempts[1]?.reason === 'hedge' && outcomes.length === 2
    if (!isHedged) violate(`request ${run.number} went on after ${told}`)
  }
  const successes = outcomes.filter((outcome) => outcome === 'success').length
  if (successes !== (end === 'request-succeeded' ? 1 : 0)) violate(`request ${run.number}: ${end} after ${told}`)
  if (outcomes.includes('aborted') && end !== 'request-aborted') violate(`request ${run.number}: ${end} after ${told}`)
  const answered = run.attempts.some(({ line }) => line?.outcome === 'success' || line?.firstContentMs !== undefined)
  if (all.includes('outraced') && !answered) violate(`request ${run.number} was outraced by nothing: ${all.join(', ')}`)
}

function checkLine(run: Run, attempt: StartedAttempt, line: Attempt, name: string, violate: Violate): void {
  const told = [line.number, line.target, line.reason, line.startMs, line.durationMs, line.key]
  const seen = [
    attempt.number,
    attempt.target,
    attempt.reason,
    attempt.at - run.startedAt,
    (attempt.endedAt ?? Number.NaN) - attempt.at,
    // Its service may have been told of the key when the call had ended: see the invariant of keys.
    line.key,
  ]
  if (!isDeepStrictEqual(told, seen))
    violate(`${name} is in the ledger as ${told.join(' ')}, and was ${seen.join(' ')}`)
  if ((line.waitedMs ?? 0) > line.startMs + roundingMs)
    violate(`${name} waited ${line.waitedMs} ms before ${line.startMs}`)
  if ((line.outcome === 'failure') !== (line.kind !== undefined))
    violate(`${name} is a ${line.outcome} of kind ${line.kind}`)
  if (attempt.inner === undefined) return
  // A route that was ended from outside, by a clock or the caller, cannot hand out its ledger.
  const endedFromOutside = line.outcome === 'aborted' || line.outcome === 'outraced' || line.kind !== 'router'
  if (line.attempts !== undefined) checkDelivered(attempt.inner, line.attempts, name, violate)
  else if (!endedFromOutside) violate(`${name}, ${line.outcome} ${line.kind}, lacks the ledger of the route within`)
}

function checkDelivered(run: Run, attempts: readonly Attempt[], where: string, violate: Violate): void {
  const told = run.attempts.map(({ line }) => line)
  const same = told.length === attempts.length && told.every((line, index) => line === attempts[index])
  if (!same && !isDeepStrictEqual(told, attempts)) violate(`${where} got another ledger than request ${run.number} had`)
}

/** The calls that services saw and those in ledgers are the same. */
function checkCalls(runs: Remains['runs'], calls: Remains['calls'], violate: Violate): void {
  const told = new Set<number>()
  for (const run of runs.values()) {
    for (const { number, target, call, inner } of run.attempts) {
      if (call !== undefined) told.add(call.number)
      else if (inner === undefined && !target.startsWith(`${routerId}/`)) {
        violate(`attempt ${number} of request ${run.number} is in a ledger, and no service saw it`)
      }
    }
  }
  for (const { number, target } of calls) if (!told.has(number)) violate(`call ${number} of ${target} is in no ledger`)
}
