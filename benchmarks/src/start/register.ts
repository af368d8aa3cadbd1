import { createRouter, type Router } from '@llmfb/core'
import { anthropic } from '@llmfb/provider-anthropic'
import { azureOpenAI } from '@llmfb/provider-azure-openai'
import { bedrock } from '@llmfb/provider-bedrock'
import { dial } from '@llmfb/provider-dial'
import { google } from '@llmfb/provider-google'
import { llamacpp } from '@llmfb/provider-llamacpp'
import { ollama } from '@llmfb/provider-ollama'
import { openai } from '@llmfb/provider-openai'
import { openrouter } from '@llmfb/provider-openrouter'
import { staticAnswers } from '@llmfb/provider-static'
import { xai } from '@llmfb/provider-xai'

/** A router with every provider there is, as a program begins that may use any of them. */
export function registerAll(): Router {
  return createRouter({
    providers: [
      openai(),
      anthropic(),
      azureOpenAI(),
      bedrock(),
      google(),
      xai(),
      dial(),
      openrouter(),
      ollama(),
      llamacpp(),
      staticAnswers({ answers: { sorry: 'Sorry.' } }),
    ],
    routes: { chat: ['static/sorry'] },
    env: {},
  })
}
