import { modelOf } from '../configuration.ts'
import type { CreateInvariant, Violate } from '../invariant.ts'
import type { Run } from '../run-book.ts'

/** How far a share may be off. */
const mostOff = 0.01

/** Chances as small as that of five deviations do not come up in a million requests. */
const deviations = 5

/** Of those by whom one call in thirty goes to anybody at all: by then everybody had one, but for one time in 10^9. */
const droughtOf = (targets: number): number => (targets * 30 * Math.log(1e9)) / 0.9

interface Served {
  readonly run: Run
  /** Called first in its stage. */
  readonly target: string
}

function weightsOf({ options }: Run): ReadonlyMap<string, number> {
  const targets = options.stages[0]?.targets ?? []
  return new Map(targets.map((target) => [modelOf(target), typeof target === 'string' ? 1 : (target.weight ?? 1)]))
}

/** Where all services are well, weights hold, turns are taken, and nobody starves. */
export const fairness: CreateInvariant = ({ scenario }, violate) => {
  if (scenario.kind !== 'calm' && scenario.kind !== 'mending') return {}
  const byRoute = new Map<string, Served[]>()
  return {
    see(event, at, run) {
      if (event.type !== 'attempt-started' || event.number !== 1 || run === undefined) return
      // Circuits have come back by then.
      if (at < scenario.wellFrom * 2) return
      const served = byRoute.get(run.route) ?? []
      served.push({ run, target: event.target })
      byRoute.set(run.route, served)
    },
    end() {
      for (const [route, served] of byRoute) {
        // A sticky route leaves a target that was unhealthy alone until somebody else calls it.
        if (route !== 'sticky' || scenario.kind === 'calm')
          checkDrought(route, served, scenario.kind === 'calm', violate)
        if (scenario.kind === 'calm') checkShares(route, served, violate)
      }
    },
  }
}

function checkShares(route: string, served: readonly Served[], violate: Violate): void {
  const weights = weightsOf((served[0] as Served).run)
  const isWeighted = route.startsWith('weighted')
  if (!isWeighted && route !== 'round-robin' && route !== 'random') return
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  const { length } = served
  if (length < 200) return
  for (const [target, weight] of weights) {
    const due = isWeighted ? weight / total : 1 / weights.size
    const share = served.filter((one) => one.target === target).length / length
    // What is drawn at random wanders; what takes turns is off by one turn at most.
    const drawn = deviations * Math.sqrt((due * (1 - due)) / length)
    const most =
      route === 'weighted'
        ? Math.max(mostOff, 2 / length)
        : route === 'round-robin'
          ? 1 / length
          : Math.max(mostOff, drawn)
    if (Math.abs(share - due) > most) violate(`${target} served ${share} of ${length} requests of ${route}, not ${due}`)
  }
}

/** The longest row of requests in which a target was not called. */
function checkDrought(route: string, served: readonly Served[], isCalm: boolean, violate: Violate): void {
  const weights = weightsOf((served[0] as Served).run)
  const smallest = Math.min(...weights.values()) / [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  // Where circuits may still be coming back, turns are not exact.
  const exact = !isCalm
    ? undefined
    : route === 'round-robin'
      ? weights.size
      : route === 'weighted'
        ? Math.ceil(1 / smallest) * 2
        : undefined
  const drawn = 2 * (route === 'random' ? Math.log(1e9) * weights.size : Math.log(1e9) / smallest)
  const most =
    exact ??
    (['weighted', 'weighted-random', 'round-robin', 'random', 'sticky'].includes(route)
      ? drawn
      : droughtOf(weights.size))
  for (const target of weights.keys()) {
    let before = -1
    let longest = 0
    served.forEach((one, index) => {
      if (one.target !== target) return
      longest = Math.max(longest, index - before - 1)
      before = index
    })
    longest = Math.max(longest, served.length - before - 1)
    if (longest > most)
      violate(`${target} was not called for ${longest} requests of ${route}, ${Math.round(most)} at most`)
  }
}
