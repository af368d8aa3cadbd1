/** One of each kind that Chat Completions has. */
export const models = ['grok-4.3', 'grok-4', 'grok-4-1-fast-non-reasoning', 'grok-3-mini', 'grok-3', 'grok-code-fast-1']
