import { fingerprintOf } from '../../../src/keys/fingerprint.ts'
import { defaultCircuit } from '../../../src/router/defaults.ts'
import type { Attempt } from '../../../src/provider/ledger.ts'
import { limitsSetIn } from '../configuration.ts'
import type { CreateInvariant, Rules, Violate } from '../invariant.ts'
import { roundingMs } from '../invariant.ts'
import { kindsOfKeys, providerOf } from '../keys.ts'
import type { Run, StartedAttempt } from '../run-book.ts'
import type { ProviderCall, ShownKey } from '../world.ts'

/** How far the share of a key may be off. */
const mostOff = 0.02

/** The call of a run that failed last, of those before its newest. */
function lastFailed({ attempts }: Run): StartedAttempt | undefined {
  let last: StartedAttempt | undefined
  for (const attempt of attempts.slice(0, -1)) {
    if (attempt.line?.outcome === 'failure' && (attempt.endedAt ?? 0) >= (last?.endedAt ?? 0)) last = attempt
  }
  return last
}

/** Whether the newest call of a run follows at once on one that failed by another key of the same target. */
function followsOnKey(run: Run): boolean {
  const [newest, last] = [run.attempts.at(-1), lastFailed(run)]
  if (newest === undefined || last?.endedAt !== newest.at) return false
  // What failed beside a hedge is followed once both have.
  const isHedged = run.attempts.some(({ reason }) => reason === 'hedge')
  return run.attempts.some((failed) => {
    if (failed.target !== newest.target || (failed !== last && !isHedged)) return false
    const { kind, key } = failed.line ?? {}
    return kindsOfKeys.has(kind) && key !== undefined && key !== newest.key
  })
}

/** Whether the newest call of a run is made since another key was refused. What goes on with an answer says only that. */
export function isByNextKey(run: Run): boolean {
  const { reason } = run.attempts.at(-1) ?? {}
  return reason === 'next-key' || ((reason === 'continue' || reason === 'restart') && followsOnKey(run))
}

/**
 * A call is made by a key that its provider has, and its service sees that key; one that is refused is followed at once by
 * another key of the target, as long as there is one of which nothing bad is known, and nothing else keeps it from being
 * used; and keys that are well are used in turn.
 */
export const keys: CreateInvariant = (rules, violate) => {
  const isFree = createFreedom(rules)
  /** Names of keys by which any call has failed. */
  const failed = new Set<string>()
  /** Requests that are to go on by another key. */
  const expected = new Map<Run, StartedAttempt>()
  /** How often each target was called by each key. */
  const used = new Map<string, Map<string, number>>()

  return {
    see(event, at, run) {
      isFree.see(event, at)
      if (run === undefined) return
      const refused = expected.get(run)
      if (refused !== undefined && event.type !== 'target-excluded') {
        expected.delete(run)
        const isNext = event.type === 'attempt-started' && isByNextKey(run) && event.target === refused.target
        if (!isNext)
          violate(`request ${run.number} had ${event.type}, and could go to ${refused.target} by another key`)
      }
      if (event.type === 'attempt-started') {
        const attempt = run.attempts.at(-1) as StartedAttempt
        checkKey(run, attempt, violate)
        if (event.reason === 'next-key' && !followsOnKey(run)) {
          violate(`request ${run.number} called ${event.target} by the next key, after no failure of the last one`)
        }
        const { key } = attempt
        if (key === undefined) return
        const byKey = used.get(event.target) ?? new Map<string, number>()
        used.set(event.target, byKey)
        byKey.set(key, (byKey.get(key) ?? 0) + 1)
      }
      if ('attempt' in event) checkLine(run, event.attempt, violate)
      if (event.type !== 'attempt-failed') return
      const attempt = run.attempts[event.attempt.number - 1] as StartedAttempt
      const { target, endedBy } = attempt
      const { key } = event.attempt
      if (key === undefined) return
      failed.add(providerOf(target) + endedBy)
      if (!kindsOfKeys.has(event.attempt.kind) || !isFree.of(run, attempt, at)) return
      const pool = run.pools.get(providerOf(target))
      const others = pool?.peeked.filter((other) => other !== key) ?? []
      if (others.some((other) => !failed.has(providerOf(target) + pool?.nameOf(other)))) expected.set(run, attempt)
    },
    call({ call, attempt }) {
      if (call.asked !== attempt.key) violate(`call ${call.number} was to be made by ${attempt.key}, not ${call.asked}`)
    },
    end({ calls }) {
      for (const call of calls) if (call.shown !== undefined) checkShown(call, call.shown, violate)
      if (rules.scenario.kind === 'calm') for (const [target, byKey] of used) checkTurns(target, byKey, rules, violate)
    },
  }
}

function checkKey(run: Run, { key, target }: StartedAttempt, violate: Violate): void {
  const peeked = run.pools.get(providerOf(target))?.peeked ?? []
  if (key === undefined ? peeked.length === 0 : peeked.includes(key)) return
  violate(`request ${run.number} called ${target} by ${key}, and its keys are ${peeked.join(' ')}`)
}

/** The ledger tells of the key that the call went out by, as far as there was a call. */
function checkLine({ number, attempts }: Run, line: Attempt, violate: Violate): void {
  const { key: asked, call } = attempts[line.number - 1] ?? {}
  const key = call?.told ?? asked
  if (line.key !== key) violate(`request ${number} called ${line.target} by ${key}, and is said to have by ${line.key}`)
}

/** A service sees the key that was asked for, as long as there is such a key, and none that was not there. */
function checkShown({ number, asked, target }: ProviderCall, { key, before, after }: ShownKey, violate: Violate): void {
  const meant = before.find((one) => fingerprintOf(one) === asked) ?? before[0]
  if (before === after ? key === meant : before.includes(key) || after.includes(key)) return
  violate(`call ${number} of ${target} showed ${key}, not ${meant}`)
}

function checkTurns(target: string, byKey: ReadonlyMap<string, number>, { pools }: Rules, violate: Violate): void {
  const { peeked = [] } = pools().get(providerOf(target)) ?? {}
  const total = [...byKey.values()].reduce((sum, times) => sum + times, 0)
  const most = Math.max(mostOff, 1 / total)
  for (const key of peeked) {
    const share = (byKey.get(key) ?? 0) / total
    if (Math.abs(share - 1 / peeked.length) <= most) continue
    violate(`${target} had ${share} of ${total} calls by ${key}, one of ${peeked.length}`)
  }
}

/** Says whether nothing but a key can keep a request from calling a target once more. In doubt it says no. */
function createFreedom({ scenario, configuration }: Rules): {
  readonly see: (event: { readonly type: string; readonly target?: string }, at: number) => void
  readonly of: (run: Run, attempt: StartedAttempt, at: number) => boolean
} {
  const { rampUpMs } = { ...defaultCircuit, ...scenario.circuit }
  const hasServiceLimit = new Set(
    scenario.targets.filter((one) => one.allowedRpm !== undefined).map((one) => one.target),
  )
  /** When the circuits of targets and providers let all calls through again. */
  const freeAt = new Map<string, number>()
  const isBound = ({ options, attempts, outer }: Run): boolean =>
    options.maxCostUsd !== undefined ||
    attempts.some(({ line }) => line?.kind === 'context-length') ||
    (outer !== undefined && isBound(outer))

  return {
    see({ type, target }, at) {
      if (target === undefined || !type.startsWith('circuit-')) return
      freeAt.set(target, type === 'circuit-closed' ? at + rampUpMs : Infinity)
    },
    of(run, { target, line }, at) {
      const { options, attempts, startedAt, pools } = run
      if (scenario.kind === 'shared' || options.hedge !== undefined || pools.get(providerOf(target))?.isRetired)
        return false
      // An answer that has begun is not gone on with by everybody.
      if (line?.firstContentMs !== undefined || isBound(run)) return false
      if (at >= startedAt + options.deadlineMs - roundingMs) return false
      // Calls are kept for later stages.
      if (attempts.length + options.stages.length >= options.maxAttempts) return false
      if (limitsSetIn(configuration()).has(target) || hasServiceLimit.has(target)) return false
      return [target, providerOf(target)].every((name) => (freeAt.get(name) ?? -Infinity) <= at)
    },
  }
}
