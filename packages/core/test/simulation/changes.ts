import type { Configuration } from './configuration.ts'
import { drawConfiguration, namesIn } from './configuration.ts'
import type { TargetModel } from './behaviour.ts'
import type { PoolModel } from './pool-model.ts'
import type { Draw } from './draw.ts'

/** What an operator does while requests are running. */
export type Change =
  | { readonly at: number; readonly type: 'reload'; readonly configuration: Configuration }
  /** Options that no router takes. */
  | { readonly at: number; readonly type: 'reject'; readonly routes: Readonly<Record<string, unknown>> }
  | { readonly at: number; readonly type: 'isolate' | 'reset'; readonly name: string }
  | { readonly at: number; readonly type: 'look' }
  /** Other keys are put into a provider's pool, or where its function finds them. */
  | { readonly at: number; readonly type: 'replace' | 'rotate'; readonly provider: string; readonly pool: PoolModel }

/** By then no request of before is under way: no deadline is longer than half of it. */
const forgottenAfterMs = 120_000

function drawBroken(draw: Draw, { routes }: Configuration): Readonly<Record<string, unknown>> {
  return draw.pick([
    {},
    { ...routes, broken: ['nobody/m1'] },
    { ...routes, broken: { stages: [{ targets: ['p1/m1', 'p9/new'], strategy: 'best' }] } },
    { ...routes, 'route-1': ['broken'], broken: ['route-1'] },
    { ...routes, broken: { stages: [{ targets: ['p1/m9', 'nobody/m1'] }] } },
  ])
}

/** Targets come and go, weights, limits and strategies change, and now and then somebody is shut out by hand. */
export function drawChanges(
  draw: Draw,
  horizonMs: number,
  first: Configuration,
  targets: readonly TargetModel[],
): Change[] {
  const changes: Change[] = []
  const leftAt = new Map<string, number>()
  let current = first
  for (let at = draw.exponential(horizonMs / 6); at < horizonMs; at += draw.exponential(horizonMs / 8)) {
    const dice = draw.random()
    if (dice < 0.45) {
      const free = targets.filter(({ target }) => at - (leftAt.get(target) ?? -Infinity) >= forgottenAfterMs)
      const next = drawConfiguration(draw, draw.shuffle(free).slice(0, draw.integer(2, free.length)))
      const names = namesIn(next)
      for (const name of namesIn(current)) if (!names.has(name)) leftAt.set(name, at)
      // A route within is a target too; it comes back under its own name at any time.
      for (const name of Object.keys(next.routes)) leftAt.delete(name)
      current = next
      changes.push({ at, type: 'reload', configuration: next })
    } else if (dice < 0.6) changes.push({ at, type: 'reject', routes: drawBroken(draw, current) })
    else if (dice < 0.8) {
      const target = draw.pick([...namesIn(current)].filter((name) => name.includes('/')))
      const name = draw.chance(0.3) ? target.slice(0, target.indexOf('/')) : target
      changes.push({ at, type: 'isolate', name })
      changes.push({ at: at + draw.exponential(10_000), type: 'reset', name })
    } else if (dice < 0.9) {
      const name = draw.pick([...namesIn(current)].filter((one) => one.includes('/')))
      changes.push({ at, type: 'reset', name })
    } else changes.push({ at, type: 'look' })
  }
  return changes.sort((a, b) => a.at - b.at)
}
