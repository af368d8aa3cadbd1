import type { Caller, Outcome } from '../caller.ts'
import type { CreateInvariant, Violate } from '../invariant.ts'
import { roundingMs } from '../invariant.ts'
import type { Run } from '../run-book.ts'

/** The event that each outcome ends with; a reader that leaves ends a request, or comes too late to. */
const endings: Readonly<Record<Outcome['type'], readonly string[]>> = {
  success: ['request-succeeded'],
  'route-failed': ['request-failed'],
  interrupted: ['request-failed'],
  aborted: ['request-aborted'],
  left: ['request-aborted'],
  unexpected: [],
}

/** Each request has exactly one outcome, of a known kind, at once when its caller leaves, and within its deadline. */
export const outcomes: CreateInvariant = (_, violate) => ({
  end({ callers, runs }) {
    const runOf = new Map<Caller, Run>()
    for (const run of runs.values()) {
      if (run.ends.length !== 1) violate(`request ${run.number} ended ${run.ends.length} times: ${run.ends.join(', ')}`)
      if (run.caller && runOf.has(run.caller)) violate(`caller ${run.caller.id} began two requests`)
      if (run.caller) runOf.set(run.caller, run)
    }
    for (const caller of callers) {
      checkOutcome(caller, runOf.get(caller), violate)
      checkAbort(caller, violate)
      const deadlineMs = runOf.get(caller)?.options.deadlineMs ?? 0
      const tookMs = (caller.endedAt ?? Number.POSITIVE_INFINITY) - caller.startedAt
      const slow = caller.plan.readEveryMs > 0
      if (!slow && tookMs > deadlineMs + roundingMs) violate(`caller ${caller.id} waited ${tookMs} of ${deadlineMs} ms`)
    }
  },
})

function checkOutcome(caller: Caller, run: Run | undefined, violate: Violate): void {
  const { id, outcome, plan } = caller
  if (outcome === undefined) {
    violate(`caller ${id} never got an outcome`)
    return
  }
  if (outcome.type === 'unexpected') {
    const { error } = outcome
    violate(`caller ${id} got ${error instanceof Error ? error.stack : String(error)}`)
    return
  }
  // A reader that leaves before it reads anything asks for nothing.
  const unasked = outcome.type === 'left' && (plan.readsAtMost === 0 || run === undefined)
  if (run === undefined) {
    if (!unasked) violate(`caller ${id} got ${outcome.type} without a request`)
    return
  }
  const [ending = 'nothing'] = run.ends
  if (!endings[outcome.type].includes(ending)) violate(`caller ${id} got ${outcome.type}, its request ${ending}`)
}

function checkAbort(caller: Caller, violate: Violate): void {
  const { id, outcome, plan, abortedAt, endedAt } = caller
  if (outcome?.type === 'aborted' && abortedAt === undefined) violate(`caller ${id} was aborted by nobody`)
  if (abortedAt === undefined || plan.readEveryMs > 0) return
  if (outcome?.type !== 'left' && endedAt !== abortedAt) {
    violate(`caller ${id} aborted at ${abortedAt} and got ${outcome?.type} at ${endedAt}`)
  }
  if (plan.abortAfterMs === 0 && outcome?.type !== 'aborted' && outcome?.type !== 'left') {
    violate(`caller ${id} aborted before it asked and got ${outcome?.type}`)
  }
}
