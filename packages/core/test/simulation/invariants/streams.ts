import type { Caller } from '../caller.ts'
import type { CreateInvariant, Violate } from '../invariant.ts'
import type { Run } from '../run-book.ts'
import type { ProviderCall } from '../world.ts'
import { pieceText } from '../world.ts'

/**
 * What a caller receives is from one call, in order and, when it was a success, all of it. Where another target went on
 * with an answer, it is the pieces of one call after those of the other, nothing twice and nothing left out; where an
 * answer began anew, nothing is left of what was before.
 */
export const streams: CreateInvariant = (_, violate) => ({
  end({ callers, runs, allCalls }) {
    const runOf = new Map<Caller, Run>()
    for (const run of runs.values()) if (run.caller !== undefined) runOf.set(run.caller, run)
    for (const caller of callers) {
      checkText(caller, runOf.get(caller), allCalls, violate)
      checkInterruption(caller, violate)
    }
  },
})

function isGoneOnWith(run: Run | undefined): boolean {
  return run?.attempts.some(({ reason, inner }) => reason === 'continue' || isGoneOnWith(inner)) === true
}

function checkText(
  { id, text, outcome, plan }: Caller,
  run: Run | undefined,
  calls: readonly ProviderCall[],
  violate: Violate,
): void {
  const pieces = text.split(' ').filter((piece) => piece !== '')
  const numbers = [...new Set(pieces.map((piece) => Number(piece.split('.')[0])))]
  let expected = ''
  for (const number of numbers) {
    const own = pieces.filter((piece) => Number(piece.split('.')[0]) === number)
    expected += own.map((_, piece) => pieceText(number, piece)).join('')
    if (calls[number - 1]?.caller !== id) violate(`caller ${id} received what was meant for another`)
    const isLast = number === numbers.at(-1)
    const sent = plan.asks === 'stream' ? calls[number - 1]?.plan.pieces : 1
    // Who goes on with an answer may find that nothing is left to say.
    const isWhole = own.length === sent || (isGoneOnWith(run) && own.length < (sent ?? 0))
    if (isLast && outcome?.type === 'success' && !isWhole) {
      violate(`caller ${id} received ${own.length} of ${sent} pieces of call ${number}, and ${outcome?.type}`)
    }
  }
  if (text !== expected) violate(`caller ${id} received '${text}', and not '${expected}'`)
  if (numbers.length > 1 && !isGoneOnWith(run)) violate(`caller ${id} received '${text}', from more than one call`)
  if (run !== undefined && isGoneOnWithThought(run))
    violate(`caller ${id} had an answer gone on with whose reasoning was signed`)
}

/** Whether the answer of a call was gone on with that had shown reasoning which nobody else can read. */
function isGoneOnWithThought({ attempts }: Run): boolean {
  return attempts.some(({ reason, inner }, at) => {
    const { call, line } = attempts[at - 1] ?? {}
    const hasThought = call?.plan.thinks === true && line?.firstContentMs !== undefined
    return (reason === 'continue' && hasThought) || (inner !== undefined && isGoneOnWithThought(inner))
  })
}

function checkInterruption({ id, text, outcome, plan, resets }: Caller, violate: Violate): void {
  if (outcome?.type === 'interrupted' && outcome.ledger.delivered.text !== text) {
    violate(`caller ${id} received '${text}', and was told '${outcome.ledger.delivered.text}'`)
  }
  // A reader that takes its time over an event may lose the content behind it; reasoning is content too.
  const slow = plan.readEveryMs > 0
  const { content = [] } = outcome?.type === 'interrupted' ? outcome.ledger.delivered : {}
  if (outcome?.type === 'interrupted' && content.length === 0 && !slow && resets === 0)
    violate(`caller ${id} was interrupted before any content`)
  if (outcome?.type === 'route-failed' && text !== '') violate(`caller ${id} received content, and no interruption`)
}
