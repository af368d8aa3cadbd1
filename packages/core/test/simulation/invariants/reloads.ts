import type { CreateInvariant } from '../invariant.ts'

/** Each reload that is taken is one generation more, one that is rejected is none, and each is told of once. */
export const reloads: CreateInvariant = ({ scenario }, violate) => {
  let generation = 1
  let rejected = 0
  return {
    see(event) {
      if (event.type === 'reloaded' && event.generation !== ++generation) {
        violate(`reload ${generation} was told as ${event.generation}`)
      }
      if (event.type !== 'reload-rejected') return
      rejected++
      if (event.generation !== generation) violate(`generation ${event.generation} stays, not ${generation}`)
    },
    end() {
      const taken = scenario.changes.filter(({ type }) => type === 'reload').length
      const refused = scenario.changes.filter(({ type }) => type === 'reject').length
      if (generation !== taken + 1 || rejected !== refused) {
        violate(`${generation - 1} reloads were taken and ${rejected} rejected, of ${taken} and ${refused}`)
      }
    },
  }
}
