import { wrap } from './display-width.ts'
import { formatMs } from './ledger-table.ts'
import { available, writeLines } from './print-scene.ts'
import type { Format, Terminal } from './terminal.ts'

/** The use of llmfb, as short as it is; a test compiles it. */
export const example = `import { createRouter } from '@llmfb/core'
import { anthropic } from '@llmfb/provider-anthropic'
import { ollama } from '@llmfb/provider-ollama'
import { openai } from '@llmfb/provider-openai'

const llm = createRouter({
  providers: [openai(), anthropic(), ollama()], // keys from the environment
  routes: {
    chat: ['openai/gpt-5', 'anthropic/claude-sonnet-4-5', 'ollama/llama3.2']
  },
})
const messages = [{ role: 'user', content: 'Why is the sky blue?' }] as const
const answer = await llm.chat({ model: 'chat', messages })
console.log(answer.text, answer.attempts)`

export function printHeadline(terminal: Terminal, paragraphs: readonly string[]): void {
  terminal.write(
    `\n${terminal.paint(['bold', 'cyan'], 'llmfb')}  ${terminal.paint('bold', 'LLM calls that survive their providers.')}\n\n`,
  )
  writeLines(
    terminal,
    paragraphs.flatMap((paragraph) => wrap(paragraph, available(terminal))),
  )
}

/** How many scenes went as told, and what to do next. */
export function printClosing(terminal: Terminal, played: number, failed: readonly string[], durationMs: number): void {
  const paint = (format: Format, text: string): string => terminal.paint(format, text)
  const scenes = played === 1 ? 'It' : `All ${played} scenes`
  terminal.write(
    failed.length === 0
      ? `\n${paint(['bold', 'green'], '✓')}  ${paint('bold', `${scenes} went as told`)}, in ${formatMs(durationMs)}.\n`
      : `\n${paint(['bold', 'red'], `✗  ${failed.length} of ${played} did not go as told: ${failed.join('; ')}.`)}\n`,
  )
  if (failed.length > 0) return
  terminal.write(`\n${paint('bold', 'The same in your program')}\n`)
  writeLines(terminal, ['', ...example.split('\n').map((line) => paint('cyan', line)), ''])
  terminal.write(`${paint('bold', 'Next')}\n`)
  writeLines(terminal, [
    `${paint('cyan', 'npm run demo -- --live')}           the real providers, with your keys`,
    `${paint('cyan', 'npm run demo -- "your question"')}  your own question`,
    '',
  ])
}
