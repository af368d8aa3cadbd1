import { framesOf } from '../errors/frames-of.ts'
import type { StrategyContext } from '../strategy/strategy.ts'
import { isCapable } from './admit.ts'
import type { Stage } from './route.ts'
import type { Run } from './run.ts'
import { strategyContext } from './strategy-context.ts'
import type { Target } from './target.ts'

// Most requests have none.
const none: readonly never[] = []

/** The targets of one request, stage by stage, each stage in its strategy's order. Whom to call is not decided here. */
export class Lineup {
  /** How many stages were opened. */
  opened = 0
  /** Place in the open stage of the target whose turn it is. */
  position = 0
  /** Whether a target of the open stage was called. */
  hasChosen = false
  readonly #run: Run
  /** Those of all stages before this one. */
  #earlier: readonly Target[] = none
  #stage: Stage | undefined
  #context: StrategyContext | undefined
  /** The stage's targets in the strategy's order, as far as that was asked. */
  #targets: readonly Target[] = none
  #rest: Iterator<Target> | undefined
  /** Those that the stage's strategy was asked to order. */
  #candidates: readonly Target[] = none

  constructor(run: Run) {
    this.#run = run
  }

  /** Opens the next stage: those of its targets that can serve the request, best first; the others are excluded with reasons. */
  openNext(now: number): boolean {
    const run = this.#run
    const stage = run.route.stages[this.opened]
    if (stage === undefined) return false
    if (this.#targets.length > 0) this.#earlier = [...this.#earlier, ...this.#targets]
    this.opened++
    this.#stage = stage
    this.#context = undefined
    this.#rest = undefined
    this.position = 0
    this.hasChosen = false
    for (const { target, reason } of stage.unusable) {
      run.refuse({ target, stage: stage.name }, now, { reason: 'unavailable', detail: reason })
    }
    const { targets } = stage
    const capable = run.suitsAll ? targets : targets.filter((target) => isCapable(run, target, now))
    // The very same array tells a strategy that every target is there.
    this.#targets = this.#candidates = capable.length === targets.length ? targets : capable
    if (capable.length > 1) this.#order(stage, now)
    return true
  }

  /** The target at this place of the open stage. A strategy that is lazy is asked no further than that. */
  at(position: number): Target | undefined {
    while (this.#rest !== undefined && position >= this.#targets.length) {
      try {
        const { done, value } = this.#rest.next()
        if (done === true) this.#rest = undefined
        else (this.#targets as Target[]).push(value)
      } catch (error) {
        this.#threw(error)
        this.#rest = this.#candidates.filter((target) => !this.#targets.includes(target)).values()
      }
    }
    return this.#targets[position]
  }

  /** The turn of the target at this place comes now; those that it overtakes keep theirs. */
  bringForward(at: number): void {
    const position = this.position++
    if (at === position) return
    const [overtaken, target] = [this.#targets.slice(position, at), this.#targets[at] as Target]
    this.#targets = [...this.#targets.slice(0, position), target, ...overtaken, ...this.#targets.slice(at + 1)]
  }

  /** A target is called: the strategy is told of the first of its stage. */
  called(target: Target, now: number): void {
    if (this.hasChosen || this.#stage === undefined) return
    this.hasChosen = true
    const { strategy } = this.#stage
    if (strategy.chosen === undefined) return
    try {
      strategy.chosen(target, this.#contextOf(this.#stage, now))
    } catch (error) {
      this.#threw(error)
    }
  }

  /** All targets, once every stage was opened and every order read to its end. */
  get all(): readonly Target[] {
    return this.#earlier.length === 0 ? this.#targets : [...this.#earlier, ...this.#targets]
  }

  #order(stage: Stage, now: number): void {
    try {
      const ordered = stage.strategy.order(this.#candidates, this.#contextOf(stage, now))
      if (Array.isArray(ordered)) this.#targets = ordered as readonly Target[]
      else {
        this.#rest = ordered[Symbol.iterator]()
        this.#targets = []
      }
    } catch (error) {
      this.#threw(error)
    }
  }

  /** That a strategy throws must fail no request. */
  #threw(error: unknown): void {
    const strategy = this.#stage?.strategy.name
    this.#run.context.logger.error('a strategy threw', { strategy, error: framesOf(error).stack })
  }

  #contextOf(stage: Stage, now: number): StrategyContext {
    return (this.#context ??= strategyContext(this.#run, stage, now))
  }
}
