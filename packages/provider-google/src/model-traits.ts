// What the contract's capabilities have no word for, by family of models. Sources: the pages "Thinking", "Thought
// signatures", "Media resolution" and "Function calling" of the service's documentation, read in November 2026.

const beforeLevels = /gemini-[12]\./
const withBudget = /gemini-2\.5-/

/** Whether `model` is told by a budget, not by a level, how much to think. */
export function thinksByBudget(model: string): boolean {
  return withBudget.test(model)
}

/**
 * Whether `model` is of the third generation or newer: it takes pictures in results of tools and a resolution with each
 * picture, and refuses calls of tools in the history that carry no signature. Models nobody knows yet are like the newest.
 */
export function isThirdGeneration(model: string): boolean {
  return model.includes('gemini-') && !beforeLevels.test(model)
}
