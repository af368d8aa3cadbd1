import type { ChatRequest } from '../provider/request.ts'
import type { Warning } from '../provider/response.ts'
import { parameterNames } from '../validation/check-parameter.ts'
import { findUnmetParameter } from './eligibility.ts'
import type { Target } from './target.ts'

/** The request as one target gets it, and what had to be left out of it. */
export interface TargetRequest {
  readonly request: ChatRequest
  readonly warnings: readonly Warning[]
}

const noWarnings: readonly Warning[] = []

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

/** The request in the target's own terms. With `drop`, parameters it does not honour are left out with a warning each. */
export function toTargetRequest(request: ChatRequest, target: Target, parameters: 'require' | 'drop'): TargetRequest {
  const own: Record<string, unknown> & ChatRequest = { ...applyOverrides(request, target), model: target.model }
  if (parameters === 'require') return { request: own, warnings: noWarnings }
  const warnings: Warning[] = []
  for (const name of parameterNames) {
    const unmet = findUnmetParameter(name, own, target.capabilities())
    if (unmet === undefined) continue
    delete own[name]
    warnings.push({ type: 'unsupported', parameter: name, message: `${target.target} ${unmet}; it was left out.` })
  }
  return { request: own, warnings }
}
