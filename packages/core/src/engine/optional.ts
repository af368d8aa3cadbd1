// What most requests do without. It is loaded with the first request, or the first route, that asks for it, so that
// others do not carry it: see docs/decisions.
export { findUnmet, findExcessCost } from './eligibility.ts'
export { adaptRequest } from './adapt-request.ts'
export { chooseKey, findRefusalOfAll, keyedStates, lookForKeys } from './by-key.ts'
export { recover } from './recovery.ts'
export { toTargetHistory } from '../history/to-target-history.ts'
export { Hedging } from '../hedge/hedging.ts'
export { composeMiddleware } from '../middleware/compose-middleware.ts'
export { Limiter } from '../limit/limiter.ts'
export { createStrategy } from '../strategy/strategies.ts'
export { parseChatRequest } from '../validation/parse-chat-request.ts'
export { estimateTokens } from '../tokens/estimate-tokens.ts'
