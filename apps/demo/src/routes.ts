import type { RouteConfig } from '@llmfb/core'

/** The targets of the scenes, by the provider that has them. */
export const targets = {
  openai: 'openai/gpt-5',
  anthropic: 'anthropic/claude-sonnet-4-5',
  ollama: 'ollama/llama3.2',
} as const

/** The route of all scenes: two vendors of equal standing, and a local model for when both are gone. */
export const chatRoute: RouteConfig = {
  stages: [
    { name: 'primary', targets: [targets.openai, targets.anthropic] },
    { name: 'local', targets: [targets.ollama] },
  ],
}
