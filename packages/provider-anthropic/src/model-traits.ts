// What the contract's capabilities have no word for, by family of models. Sources: the pages "Troubleshooting thinking"
// and "Mid-conversation system messages" of the service's documentation, read in November 2026.

const beforeThinking = /claude-3-(?:haiku|opus|sonnet|5-)/
const withBudget = /claude-(?:3-7-|(?:opus|sonnet)-4-(?:[015](?!\d)|\d{8})|haiku-4-5)/
const silentUnlessAsked = /claude-(?:opus|sonnet)-4-[678](?!\d)/
const systemMidway = /claude-(?:opus-4-8|opus-5|sonnet-5-5|haiku-5-5|fable-5|mythos-5)(?!\d)/

/** How a model is told to think: not at all, by a number of tokens, or by itself. */
export type ThinkingMode = 'none' | 'budget' | 'adaptive'

/** How `model` is told to think; models nobody knows yet are like the newest. */
export function thinkingModeOf(model: string): ThinkingMode {
  if (beforeThinking.test(model)) return 'none'
  return withBudget.test(model) ? 'budget' : 'adaptive'
}

/** Whether `model` thinks without being told to. */
export function thinksByDefault(model: string): boolean {
  return thinkingModeOf(model) === 'adaptive' && !silentUnlessAsked.test(model)
}

/** Whether `model` takes a system message between the turns; the others refuse the whole request. */
export function takesSystemMidway(model: string): boolean {
  return systemMidway.test(model)
}
