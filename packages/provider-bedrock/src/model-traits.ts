// What is in a model id, and what the contract's capabilities have no word for. Sources: the pages "Supported foundation
// models", "Inference profiles", "Prompt caching" and "Extended thinking" of the service's user guide, and for Claude the
// pages named in its own provider; read in November 2026.

const geography = /^(?:us|us-gov|eu|apac|jp|au|ca|global)\./

/** The foundation model behind an ARN or a cross-region profile: `anthropic.claude-sonnet-4-6` for `us.anthropic.…`. */
export function foundationModelOf(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).replace(geography, '')
}

/** Who made `model`, such as `anthropic`; all of it where its id does not say, as that of an application's own profile. */
export function vendorOf(model: string): string {
  return foundationModelOf(model).split('.', 1)[0] ?? ''
}

/** How a model is told to think. */
export type ThinkingDialect = 'claude-budget' | 'claude-adaptive' | 'nova' | 'gpt-oss' | 'none'

const claudeBeforeThinking = /claude-(?:v2|instant|3-(?:haiku|opus|sonnet|5-))/
const claudeWithBudget = /claude-(?:3-7-|(?:opus|sonnet)-4-(?:[015](?!\d)|\d{8})|haiku-4-5)/

/** How `model` is told to think; models of Claude that nobody knows yet are like the newest. */
export function thinkingDialectOf(model: string): ThinkingDialect {
  const name = foundationModelOf(model)
  if (name.startsWith('amazon.nova-2')) return 'nova'
  if (name.includes('gpt-oss')) return 'gpt-oss'
  if (!name.includes('claude') || claudeBeforeThinking.test(name)) return 'none'
  return claudeWithBudget.test(name) ? 'claude-budget' : 'claude-adaptive'
}

const silentUnlessAsked = /claude-(?:opus|sonnet)-4-[678](?!\d)/

/** Whether a Claude that thinks by effort does so without being told to. */
export function thinksByDefault(model: string): boolean {
  return thinkingDialectOf(model) === 'claude-adaptive' && !silentUnlessAsked.test(model)
}

/** Whether `model` keeps a prompt prefix for an hour on demand; all others know five minutes only. */
export function cachesForAnHour(model: string): boolean {
  const name = foundationModelOf(model)
  return name.includes('claude') && !/claude-(?:3|(?:opus|sonnet)-4-(?:[01](?!\d)|\d{8}))/.test(name)
}

/** Whether `model` takes a cache point behind its tools; Amazon's own take them in messages only. */
export function cachesTools(model: string): boolean {
  return vendorOf(model) !== 'amazon'
}
