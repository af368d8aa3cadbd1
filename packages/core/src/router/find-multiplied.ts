import type { Route } from '../engine/route.ts'
import type { ProviderSource } from '../engine/target.ts'

/**
 * Routes whose requests may come to more calls than `most`, since routes within them call again for each of theirs.
 *
 * @param self whose models are routes; another provider's model may have a route's name
 */
export function findMultiplied(
  routes: ReadonlyMap<string, Route>,
  most: number,
  self: ProviderSource,
): readonly { readonly route: string; readonly attempts: number }[] {
  const callsOf = ({ stages, policy }: Route): number => {
    const inner = stages
      .flatMap(({ targets }) => targets)
      .map(({ source, model }) => (source === self ? routes.get(model) : undefined))
    return policy.maxAttempts * Math.max(1, ...inner.map((route) => (route === undefined ? 1 : callsOf(route))))
  }
  return [...routes.values()]
    .map((route) => ({ route: route.name, attempts: callsOf(route), own: route.policy.maxAttempts }))
    .filter(({ attempts, own }) => attempts > most && attempts > own)
}
