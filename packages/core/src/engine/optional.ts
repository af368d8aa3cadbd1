// What most requests do without. It is loaded with the first request, or the first route, that asks for it, so that
// others do not carry it: see docs/decisions.
export { findUnmet, findExcessCost } from './eligibility.ts'
export { adaptRequest } from './adapt-request.ts'
export { findContinuationObstacle, toContinuation } from '../history/continuation.ts'
export { createSeam } from '../history/seam.ts'
export { toTargetHistory } from '../history/to-target-history.ts'
export { Hedging } from '../hedge/hedging.ts'
export { Limiter } from '../limit/limiter.ts'
export { addUsage } from '../price/add-usage.ts'
export { createStrategy } from '../strategy/strategies.ts'
export { parseChatRequest } from '../validation/parse-chat-request.ts'
export { estimateTokens } from '../tokens/estimate-tokens.ts'
