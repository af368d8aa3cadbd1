import { readFileSync } from 'node:fs'
import { createRouter } from '@llmfb/core'
import { anthropic } from '@llmfb/provider-anthropic'
import { ollama } from '@llmfb/provider-ollama'
import { openai } from '@llmfb/provider-openai'
import { expect, test } from 'vitest'
import { example } from './closing.ts'
import { displayWidth } from './display-width.ts'

/** What the demo prints at its end, for the compiler to check; it would ask real providers, so nobody calls it. */
export async function program(): Promise<void> {
  const llm = createRouter({
    providers: [openai(), anthropic(), ollama()], // keys from the environment
    routes: {
      chat: ['openai/gpt-5', 'anthropic/claude-sonnet-4-5', 'ollama/llama3.2'],
    },
  })
  const messages = [{ role: 'user', content: 'Why is the sky blue?' }] as const
  const answer = await llm.chat({ model: 'chat', messages })
  console.log(answer.text, answer.attempts)
}

/** The lines of a program without layout. */
function linesOf(program: string): string[] {
  return program
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''))
    .filter((line) => line !== '')
}

test('the program it prints is the one that compiles above', () => {
  const source = linesOf(readFileSync(new URL(import.meta.url), 'utf8'))
  const start = source.indexOf('const llm = createRouter({')
  const lines = linesOf(example)
  const imports = lines.filter((line) => line.startsWith('import'))
  const body = lines.filter((line) => !line.startsWith('import'))
  expect(source).toEqual(expect.arrayContaining(imports))
  expect(source.slice(start, start + body.length)).toEqual(body)
})

test('it fits a terminal of 80 columns', () => {
  expect(Math.max(...example.split('\n').map(displayWidth))).toBeLessThanOrEqual(77)
})
