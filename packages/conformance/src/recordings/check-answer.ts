import type { ChatResponse, Usage } from '@llmfb/core/provider'
import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { Recording } from './recording.ts'

/** Fails unless a response holds what the vendor's SDK read from the same answer. */
export function checkAnswer(response: ChatResponse, recording: Recording, what: string): void {
  const { read, features } = recording
  if (!read) return
  const textParts = response.content.map((part) => (part.type === 'text' ? part.text : ''))
  const reasoningParts = response.content.map((part) => (part.type === 'reasoning' ? part.text : ''))
  strictEqual(response.text, textParts.join(''), `${what}: 'text' is not the text parts of 'content'`)
  // SDKs read a refusal as no text at all; a provider delivers its words as text.
  const refused = read.text === '' && features.includes('refusal_or_filter')
  if (!refused) strictEqual(response.text, read.text, `${what}: text`)
  strictEqual(reasoningParts.join(''), read.reasoning, `${what}: reasoning`)
  // SDKs read the older form of a single function call as no tool call; a provider delivers it as one.
  if (read.tools.length > 0 || !hasFunctionCall(recording)) {
    const calls = response.content.filter((part) => part.type === 'tool-call')
    const tools = calls.map((call) => ({ name: call.name, args: parseArguments(call.arguments) }))
    deepStrictEqual(tools, read.tools, `${what}: tool calls`)
  }
  strictEqual(response.finishReason.raw, read.finish, `${what}: finishReason.raw`)
}

/** Fails unless a response counts the tokens of `expected`. */
export function checkUsage(response: ChatResponse, expected: Usage | undefined, what: string): void {
  deepStrictEqual(response.usage, expected, `${what}: usage`)
}

function hasFunctionCall({ resBody }: Recording): boolean {
  return resBody !== undefined && /"function_call"\s*:\s*\{/.test(resBody)
}

function parseArguments(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
