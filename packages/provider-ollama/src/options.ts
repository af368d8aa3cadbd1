import type { ProviderOptions } from '@llmfb/core/provider'

/** Options of `ollama()`. */
export interface OllamaOptions extends ProviderOptions {
  /**
   * Where Ollama is: an address in any form that Ollama's own `OLLAMA_HOST` takes, such as `gpu-box`, `10.0.0.7:11434`
   * or `https://ollama.com`. @default the variable OLLAMA_HOST, else http://127.0.0.1:11434
   */
  readonly baseURL?: string
  /**
   * How long a model stays loaded after a call: seconds, or a span such as `'10m'`; negative for ever, 0 not at all.
   * @default Ollama's own, 5 minutes
   */
  readonly keepAlive?: string | number
  /**
   * Tokens of prompt and answer together that a model is loaded with (`num_ctx`). Ollama cuts longer prompts without a
   * word; with this set, a router knows the limit and sends them elsewhere. @default Ollama's own, and not declared
   */
  readonly contextWindow?: number
}
