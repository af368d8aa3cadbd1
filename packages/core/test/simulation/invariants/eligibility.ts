import { estimateTokens } from '../../../src/tokens/estimate-tokens.ts'
import { modelOf } from '../configuration.ts'
import type { Arrival, CreateInvariant } from '../invariant.ts'
import { outermost } from '../run-book.ts'
import type { Run } from '../run-book.ts'

/** Nobody is asked for what they cannot do, and nobody is called who is not in the route as it was when the request began. */
export const eligibility: CreateInvariant = (_, violate) => ({
  call(arrival) {
    const { call, run } = arrival
    const unmet = findUnmet(arrival)
    if (unmet !== undefined) violate(`request ${run.number} went to ${call.target}, which ${unmet}`)
  },
  see(event, _at, run) {
    if (event.type !== 'attempt-started' || run === undefined) return
    const { target, request } = event
    const names = run.options.stages.flatMap(({ targets }) => targets.map(modelOf))
    if (names.includes(target) || names.includes(target.slice(target.indexOf('/') + 1))) return
    violate(`request ${request} went to ${target}, which is not in its route`)
  },
})

function findUnmet({ call, request, model, run, attempt }: Arrival): string | undefined {
  const { capabilities } = model
  const { plan } = outermost(run).caller ?? {}
  if (plan === undefined) return 'nobody asked'
  if (call.asks !== plan.asks) return `was asked to ${call.asks}, not to ${plan.asks}`
  if (call.asks === 'embed') return findForeignSpace(run, call.target)
  if (call.asks === 'stream' && !capabilities.streaming) return 'does not stream'
  if (
    request.temperature !== undefined &&
    (capabilities.parameters.temperature === undefined || request.temperature > 1)
  ) {
    return `was sent a temperature of ${request.temperature}`
  }
  const provider = call.target.slice(0, call.target.indexOf('/'))
  for (const { content } of request.messages) {
    if (typeof content === 'string') continue
    for (const part of content) {
      if ('opaque' in part && part.opaque?.issuer !== provider) return `was sent what ${part.opaque?.issuer} had signed`
    }
  }
  const refuses = run.options.foreignReasoning === 'refuse'
  if (refuses && plan.issuer !== undefined && plan.issuer !== provider)
    return `cannot read what ${plan.issuer} had signed`
  const { contextWindow = Infinity } = capabilities
  const tokens = estimateTokens(request) + (request.maxTokens ?? 0)
  if (attempt.reason !== 'continue' && tokens > contextWindow) return `has a window of ${contextWindow}, not ${tokens}`
  const words = request.messages.at(-1)
  if (words?.role === 'assistant' && !capabilities.assistantPrefill) return 'does not go on with answers'
  return undefined
}

function findForeignSpace(run: Run, target: string): string | undefined {
  const space = spaceOf(run)
  return space === undefined || space === toSpace(run, target) ? undefined : `has other vectors than ${space}`
}

/** The vector space that a run is bound to: that of the route around it, else its own. */
function spaceOf(run: Run): string | undefined {
  const outer = run.outer && spaceOf(run.outer)
  return outer ?? (run.options.vectorSpaces === 'any' ? undefined : toSpace(run, run.route))
}

/** That of a target is its model's name, that of a route its first target's. */
function toSpace(run: Run, name: string): string {
  const [first] = run.configuration.routes[name]?.stages[0]?.targets ?? []
  return first === undefined ? name.slice(name.indexOf('/') + 1) : toSpace(run, modelOf(first))
}
