import type { Route } from '../engine/route.ts'
import type { Capabilities, ParameterSupport } from '../provider/capabilities.ts'

function largest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.max(a, b)
}

function merge(a: Capabilities, b: Capabilities): Capabilities {
  const contextWindow = largest(a.contextWindow, b.contextWindow)
  const maxOutputTokens = largest(a.maxOutputTokens, b.maxOutputTokens)
  const parameters: ParameterSupport = { ...b.parameters, ...a.parameters }
  return {
    input: [...new Set([...a.input, ...b.input])],
    tools: a.tools || b.tools,
    responseFormats: [...new Set([...a.responseFormats, ...b.responseFormats])],
    streaming: a.streaming || b.streaming,
    reasoning: a.reasoning || b.reasoning,
    promptCache: a.promptCache || b.promptCache,
    assistantPrefill: a.assistantPrefill && b.assistantPrefill,
    parameters,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

/**
 * What a route can do when it is a target itself: whatever one of its targets can, since the inner plan rules out those
 * that cannot.
 */
export function routeCapabilities(route: Route): Capabilities {
  const all = route.stages.flatMap((stage) => stage.targets.map((target) => target.capabilities()))
  const [first, ...rest] = all
  if (first === undefined) throw new TypeError(`Route '${route.name}' has no targets.`)
  return rest.reduce(merge, first)
}
