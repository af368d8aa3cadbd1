import type { Limits } from '../../../src/limit/limits.ts'
import { estimateTokens } from '../../../src/tokens/estimate-tokens.ts'
import { limitsSetIn } from '../configuration.ts'
import type { CreateInvariant } from '../invariant.ts'
import { providerOf } from '../keys.ts'
import type { Run } from '../run-book.ts'
import { outermost } from '../run-book.ts'
import { toRequest } from '../workload.ts'

/** A call that counts. */
interface Counted {
  readonly run: Run
  readonly number: number
  at: number
  input: number
  output: number
  running: boolean
}

const minuteMs = 60_000

function hasMinutes({ rpm, tpm, inputTpm, outputTpm }: Limits): boolean {
  return (rpm ?? tpm ?? inputTpm ?? outputTpm) !== undefined
}

/**
 * No span of a minute has more calls or tokens than a target's limits allow, and no moment more calls under way; where its
 * provider has several keys, by each of them. Tokens count as they were estimated, then as they were.
 */
export const limits: CreateInvariant = ({ configuration }, violate) => {
  /** By target, then by key. */
  const counted = new Map<string, Map<string, Counted[]>>()
  let known: { readonly of: unknown; readonly limits: ReadonlyMap<string, Limits> } | undefined
  const current = (): ReadonlyMap<string, Limits> => {
    if (known?.of !== configuration()) known = { of: configuration(), limits: limitsSetIn(configuration()) }
    return known.limits
  }
  const check = (target: string, calls: readonly Counted[], set: Limits, at: number): void => {
    const minute = calls.filter((call) => at - call.at < minuteMs)
    const input = minute.reduce((sum, call) => sum + call.input, 0)
    const output = minute.reduce((sum, call) => sum + call.output, 0)
    const running = calls.filter((call) => call.running).length
    const found = [minute.length, input + output, input, output, running]
    const most = [set.rpm, set.tpm, set.inputTpm, set.outputTpm, set.concurrency]
    const what = ['calls', 'tokens', 'input tokens', 'output tokens', 'calls at the same time']
    most.forEach((limit = Infinity, lane) => {
      if ((found[lane] as number) > limit)
        violate(`${target} was sent ${found[lane]} ${what[lane]}, of ${limit} at most`)
    })
  }

  return {
    // Whoever had no limits by the minute so far begins to be counted when some are set; running calls go on to count.
    change(change) {
      if (change.type !== 'reload') return
      for (const [target, next] of limitsSetIn(change.configuration)) {
        const before = current().get(target)
        if (before === undefined) counted.delete(target)
        else if (hasMinutes(next) && !hasMinutes(before))
          for (const call of [...(counted.get(target)?.values() ?? [])].flat()) call.at = -Infinity
      }
    },
    forget: (target) => counted.delete(target),
    see(event, at, run) {
      if (run === undefined) return
      if (event.type === 'attempt-started') {
        const set = current().get(event.target)
        if (set === undefined) return
        const { caller } = outermost(run)
        if (caller === undefined) return
        const isEmbed = caller.plan.asks === 'embed'
        const request = toRequest(caller.id, caller.plan)
        const goesOn = event.reason === 'continue'
        const byKey = counted.get(event.target) ?? new Map<string, Counted[]>()
        counted.set(event.target, byKey)
        const { by = '' } = run.attempts.at(-1) ?? {}
        const calls = (byKey.get(by) ?? []).filter((call) => call.running || at - call.at < minuteMs)
        calls.push({
          run,
          number: event.number,
          at,
          input: isEmbed ? 0 : estimateTokens(request),
          // Where the request does not say, nobody but the engine knows what it expects.
          output: isEmbed || goesOn ? 0 : (request.maxTokens ?? 0),
          running: true,
        })
        byKey.set(by, calls)
        // Who goes by keys that were given up is held to the limits of that time.
        if (run.pools.get(providerOf(event.target))?.isRetired !== true) check(event.target + by, calls, set, at)
        return
      }
      if (!('attempt' in event)) return
      const { number, target } = event.attempt
      const { by = '' } = run.attempts[number - 1] ?? {}
      const call = counted
        .get(target)
        ?.get(by)
        ?.find((one) => one.run === run && one.number === number)
      if (call === undefined) return
      call.running = false
      const { usage } = event.attempt
      if (usage === undefined) return
      call.input = Math.min(call.input, usage.uncachedInputTokens)
      call.output = Math.min(call.output, usage.outputTextTokens)
    },
  }
}
