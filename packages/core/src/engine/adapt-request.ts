import type { Capabilities } from '../provider/capabilities.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { Warning } from '../provider/response.ts'
import { toTargetHistory } from '../history/to-target-history.ts'
import { parameterNames } from '../validation/check-parameter.ts'
import { findUnmetParameter } from './eligibility.ts'
import { applyOverrides } from './overrides.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'

/** The request in the target's own terms, and what had to be left out or changed for it. */
export function adaptRequest({ request, route }: Run, target: Target): readonly [ChatRequest, readonly Warning[]] {
  const adapted = { ...applyOverrides(request, target), model: target.model }
  // A route within adapts it for each of its own.
  if (target.isRoute) return [adapted, []]
  const capabilities = capabilitiesOf(target)
  if (capabilities === undefined) return [adapted, []]
  const dropped = route.policy.parameters === 'drop' ? dropUnmet(adapted, target, capabilities) : []
  const { provider, model } = target
  const { warnings, ...history } = toTargetHistory(adapted, provider, model, capabilities)
  return [{ ...adapted, ...history }, [...dropped, ...warnings]]
}

/** Undefined where it cannot be told any more; the service will say itself what it does not take. */
function capabilitiesOf(target: Target): Capabilities | undefined {
  try {
    return target.capabilities()
  } catch {
    return undefined
  }
}

/** Takes the parameters that a target does not honour out of its own copy of the request, with a warning each. */
function dropUnmet(request: ChatRequest, target: Target, capabilities: Capabilities): readonly Warning[] {
  const warnings: Warning[] = []
  for (const name of parameterNames) {
    const unmet = findUnmetParameter(name, request, capabilities)
    if (unmet === undefined) continue
    delete (request as { [Name in typeof name]?: unknown })[name]
    warnings.push({ type: 'unsupported', parameter: name, message: `${target.target} ${unmet}; it was left out.` })
  }
  return warnings
}
