import type { ChatRequest } from '../provider/request.ts'
import type { Warning } from '../provider/response.ts'
import { parameterNames } from '../validation/check-parameter.ts'
import { findUnmetParameter } from './eligibility.ts'
import type { Target } from './target.ts'

export const noWarnings: readonly Warning[] = []

/** The request with the target's overrides; what the target sets with null is not sent. */
export function applyOverrides(request: ChatRequest, target: Target): ChatRequest {
  const { overrides } = target
  if (overrides === undefined) return request
  const changed: Record<string, unknown> = { ...request }
  for (const [name, value] of Object.entries(overrides)) {
    if (value === null) delete changed[name]
    else changed[name] = value
  }
  return changed as unknown as ChatRequest
}

/** The request in the target's own terms. */
export function toTargetRequest(request: ChatRequest, target: Target): ChatRequest {
  return { ...applyOverrides(request, target), model: target.model }
}

/** Takes the parameters that a target does not honour out of its own copy of the request, with a warning each. */
export function dropUnmet(request: ChatRequest, target: Target): readonly Warning[] {
  const warnings: Warning[] = []
  for (const name of parameterNames) {
    const unmet = findUnmetParameter(name, request, target.capabilities())
    if (unmet === undefined) continue
    delete (request as { [Name in typeof name]?: unknown })[name]
    warnings.push({ type: 'unsupported', parameter: name, message: `${target.target} ${unmet}; it was left out.` })
  }
  return warnings
}
