import type { Route } from '../engine/route.ts'
import type { Capabilities } from '../provider/capabilities.ts'

type NamesOf<Type> = {
  [Name in keyof Capabilities]-?: Capabilities[Name] extends Type ? Name : never
}[keyof Capabilities]

/**
 * What a route can do when it is a target itself: whatever one of its targets can, since the inner plan rules out those
 * that cannot. A limit is known where all targets know theirs.
 */
export function routeCapabilities(route: Route): Capabilities {
  const all = route.stages.flatMap(({ targets }) => targets.map((target) => target.capabilities()))
  const some = (name: NamesOf<boolean>): boolean => all.some((one) => one[name])
  const union = <Name extends 'input' | 'responseFormats'>(name: Name): Capabilities[Name][number][] => [
    ...new Set<Capabilities[Name][number]>(all.flatMap((one) => one[name])),
  ]
  const largest = (name: 'contextWindow' | 'maxOutputTokens'): Partial<Capabilities> =>
    all.every((one) => one[name] !== undefined) ? { [name]: Math.max(...all.map((one) => one[name] ?? 0)) } : {}
  return {
    input: union('input'),
    tools: some('tools'),
    responseFormats: union('responseFormats'),
    streaming: some('streaming'),
    reasoning: some('reasoning'),
    promptCache: some('promptCache'),
    assistantPrefill: all.every((one) => one.assistantPrefill),
    parameters: Object.assign({}, ...all.map((one) => one.parameters).reverse()) as Capabilities['parameters'],
    ...largest('contextWindow'),
    ...largest('maxOutputTokens'),
  }
}
