import type { ChatRequest } from '../provider/request.ts'
import type { Target } from './target.ts'

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
