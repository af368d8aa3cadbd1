/** One of each kind that Chat Completions has. */
export const models = ['grok-4.3', 'grok-4.7', 'grok-4.20-reasoning', 'grok-4.20-non-reasoning', 'grok-build-0.1']
