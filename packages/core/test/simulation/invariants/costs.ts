import { isDeepStrictEqual } from 'node:util'
import type { Usage } from '../../../src/provider/usage.ts'
import type { TargetModel } from '../behaviour.ts'
import type { CreateInvariant, Violate } from '../invariant.ts'
import type { Run, StartedAttempt } from '../run-book.ts'

const rounding = 1e-9

function tokensOf(usage: Usage | undefined): number {
  return usage === undefined ? 0 : usage.uncachedInputTokens + usage.outputTextTokens
}

/**
 * Usage is what services say, and costs are usage by price; those of all attempts add up to the request's, routes within
 * included, and to no more than the route allows.
 */
export const costs: CreateInvariant = ({ scenario }, violate) => {
  const modelOf = new Map(scenario.targets.map((model) => [model.target, model]))
  return {
    end({ runs }) {
      for (const run of runs.values()) {
        for (const attempt of run.attempts) checkLine(run, attempt, modelOf.get(attempt.target), violate)
        checkSum(run, violate)
      }
    },
  }
}

function checkLine(
  run: Run,
  { line, call, number, inner }: StartedAttempt,
  model: TargetModel | undefined,
  violate: Violate,
): void {
  const name = `attempt ${number} of request ${run.number}`
  if (line === undefined) return
  if (call !== undefined && line.outcome === 'success' && !isDeepStrictEqual(line.usage, call.usage)) {
    violate(`${name} used ${tokensOf(call.usage)} tokens, and is said to have used ${tokensOf(line.usage)}`)
  }
  const { usage, costUsd } = line
  const price = model?.price
  if (usage !== undefined && price !== undefined) {
    const { uncachedInputTokens, outputTextTokens } = usage
    const due = (uncachedInputTokens * price.inputPerMillion + outputTextTokens * price.outputPerMillion) / 1_000_000
    if (costUsd === undefined || Math.abs(costUsd - due) > rounding)
      violate(`${name} cost ${due}, and is said to have cost ${costUsd}`)
  }
  if (inner === undefined || line.attempts === undefined) return
  const within = costOf(inner)
  if (Math.abs((costUsd ?? 0) - (within ?? 0)) > rounding)
    violate(`${name} cost ${within} within, and is said to have cost ${costUsd}`)
}

function costOf({ attempts }: Run): number | undefined {
  let sum: number | undefined
  for (const { line } of attempts) if (line?.costUsd !== undefined) sum = (sum ?? 0) + line.costUsd
  return sum
}

function checkSum(run: Run, violate: Violate): void {
  const { number, options, caller, attempts } = run
  const sum = costOf(run)
  const { maxCostUsd = Infinity } = options
  if ((sum ?? 0) > maxCostUsd + rounding) violate(`request ${number} cost ${sum}, of ${maxCostUsd} allowed`)
  const outcome = caller?.outcome
  if (outcome === undefined || !('ledger' in outcome)) return
  const told = 'costUsd' in outcome.ledger ? outcome.ledger.costUsd : undefined
  if (Math.abs((told ?? 0) - (sum ?? 0)) > rounding || (told === undefined) !== (sum === undefined)) {
    violate(`request ${number} cost ${sum}, and its caller was told ${told}`)
  }
  if (outcome.type !== 'success') return
  // Calls whose content was handed on count together.
  const parts = attempts.filter(
    ({ line }) =>
      line?.outcome === 'success' || (run.streamed && line?.outcome === 'failure' && line.firstContentMs !== undefined),
  )
  const due = parts.reduce((tokens, { line }) => tokens + tokensOf(line?.usage), 0)
  if (tokensOf(outcome.ledger.usage) !== due) {
    violate(`request ${number} used ${due} tokens, and its caller was told ${tokensOf(outcome.ledger.usage)}`)
  }
}
