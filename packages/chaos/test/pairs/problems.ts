import { problemsBy, type WireRequest } from '@llmfb/conformance'
import { problemsByBedrock, problemsByGoogle, problemsByOpenAI } from './descriptions.ts'
import { anthropicSchema, ollamaSchema } from './own-schemas.ts'
import { type Fields, fieldsOf, joinNeighbours, listOf, problemsOfCalls, problemsOfRoles, turnOf } from './turns.ts'

/** What is wrong with a request for its service, a line each; `isStream` is what the request has to ask for. */
export type FindProblems = (request: WireRequest, isStream: boolean) => readonly string[]

/** Where a service that speaks Chat Completions has fields or limits of its own. */
interface Deviation {
  /** Fields of the body and of messages that OpenAI does not have. */
  readonly fields?: readonly string[]
  readonly path?: string
  readonly longestId?: number
}

export function chatCompletionsProblems({
  fields = [],
  path = '/v1/chat/completions',
  longestId,
}: Deviation): FindProblems {
  return ({ path: asked, body }, isStream) => {
    const messages = listOf(fieldsOf(body)['messages'])
    const turns = joinNeighbours(
      messages.map(({ role, tool_calls: calls, tool_call_id: id }) =>
        turnOf(
          role,
          listOf(calls).map((call) => call['id']),
          role === 'tool' ? [id] : [],
        ),
      ),
    )
    const tooLong = turns.flatMap(({ calls }) => calls.filter((id) => longestId !== undefined && !fits(id, longestId)))
    return [
      ...problemsOfPath(asked, path),
      ...problemsOfMode(body, isStream),
      ...problemsByOpenAI('CreateChatCompletionRequest', without(body, fields)),
      ...problemsOfCalls(turns),
      ...tooLong.map((id) => `the id '${id}' is refused`),
      ...(messages.findLastIndex(({ role }) => role === 'system' || role === 'developer') > 0 ? ['a late system'] : []),
    ]
  }
}

function fits(id: string, most: number): boolean {
  return /^[\w-]+$/.test(id) && id.length <= most
}

export function responsesProblems(path: string): FindProblems {
  return ({ path: asked, body }, isStream) => {
    const turns = listOf(fieldsOf(body)['input']).map(({ type, role, call_id: id }) => {
      if (type === 'function_call') return turnOf('assistant', [id])
      if (type === 'function_call_output') return turnOf('tool', [], [id])
      return turnOf(type === 'reasoning' ? 'assistant' : role)
    })
    const ids = turns.flatMap(({ calls }) => calls).filter((id) => id.length > 64)
    return [
      ...problemsOfPath(asked, path),
      ...problemsOfMode(body, isStream),
      ...problemsByOpenAI('CreateResponse', body),
      ...problemsOfOwnItems(body),
      ...problemsOfCalls(joinNeighbours(turns)),
      ...ids.map((id) => `the id '${id}' is refused`),
      ...problemsOfMarks(body, 'prompt_cache_breakpoint', 4),
    ]
  }
}

/** Nothing is stored, so an item of reasoning that has no content cannot be found. */
function problemsOfOwnItems(body: unknown): string[] {
  const items = listOf(fieldsOf(body)['input']).filter(isOf('reasoning'))
  return items.flatMap(({ id, encrypted_content: content }) => (content ? [] : [`item ${String(id)} has no content`]))
}

export const anthropicProblems: FindProblems = ({ path, body }, isStream) => {
  const { messages, thinking } = fieldsOf(body)
  const turns = listOf(messages).map(({ role, content }) => {
    const blocks = listOf(content)
    const late = blocks.findLastIndex(isOf('tool_result')) >= blocks.filter(isOf('tool_result')).length
    return {
      late,
      blocks,
      ...turnOf(
        role,
        blocks.filter(isOf('tool_use')).map(({ id }) => id),
        idsOf(blocks),
      ),
    }
  })
  // By budget, a turn that is not over has to begin with a thought.
  const mustThink = fieldsOf(thinking)['type'] === 'enabled' && (turns.at(-1)?.results.length ?? 0) > 0
  return [
    ...problemsOfPath(path, '/v1/messages'),
    ...problemsOfMode(body, isStream),
    ...problemsBy(anthropicSchema, body),
    ...problemsOfCalls(turns),
    ...problemsOfRoles(turns, 'user', 'assistant'),
    ...(turns.some(({ late }) => late) ? ['results come behind something else'] : []),
    ...(mustThink && turns.at(-2)?.blocks[0]?.['type'] !== 'thinking'
      ? ['thinking is on, and no thought is first']
      : []),
    ...(thinking !== undefined && fieldsOf(thinking)['type'] !== 'disabled' && turns.at(-1)?.role === 'assistant'
      ? ['thinking is on, and the answer has begun']
      : []),
    ...problemsOfMarks(body, 'cache_control', 4),
  ]
}

function isOf(type: string): (block: Fields) => boolean {
  return (block) => block['type'] === type
}

function idsOf(blocks: readonly Fields[]): unknown[] {
  return blocks.filter(isOf('tool_result')).map(({ tool_use_id: id }) => id)
}

export function converseProblems(model: string): FindProblems {
  return ({ path, body }, isStream) => {
    const { messages, toolConfig, additionalModelRequestFields: own } = fieldsOf(body)
    const turns = listOf(messages).map(({ role, content }) => {
      const blocks = listOf(content)
      const calls = blocks.flatMap(({ toolUse }) => (toolUse ? [fieldsOf(toolUse)['toolUseId']] : []))
      const results = blocks.flatMap(({ toolResult }) => (toolResult ? [fieldsOf(toolResult)['toolUseId']] : []))
      return { blocks, ...turnOf(role, calls, results) }
    })
    const isByBudget = fieldsOf(fieldsOf(own)['thinking'])['type'] === 'enabled'
    const mustThink = isByBudget && (turns.at(-1)?.results.length ?? 0) > 0
    const ids = turns.flatMap(({ calls }) => calls).filter((id) => !fits(id, 64))
    return [
      ...problemsOfPath(decodeURIComponent(path), `/model/${model}/converse${isStream ? '-stream' : ''}`),
      ...problemsByBedrock(body),
      ...problemsOfCalls(turns),
      ...problemsOfRoles(turns, 'user', 'assistant'),
      ...ids.map((id) => `the id '${id}' is refused`),
      ...(toolConfig === undefined ? ['calls in the history want tools'] : []),
      ...(mustThink && !turns.at(-2)?.blocks[0]?.['reasoningContent']
        ? ['thinking is on, and no thought is first']
        : []),
      ...(isByBudget && turns.at(-1)?.role === 'assistant' ? ['thinking is on, and the answer has begun'] : []),
      ...problemsOfMarks(body, 'cachePoint', 4),
    ]
  }
}

export function geminiProblems(model: string): FindProblems {
  return ({ path, body }, isStream) => {
    const turns = listOf(fieldsOf(body)['contents']).map(({ role, parts }) => {
      const all = listOf(parts)
      const calls = all.filter(({ functionCall }) => functionCall)
      return {
        // The third generation refuses a turn whose first call has no signature.
        isUnsigned: calls.length > 0 && calls[0]?.['thoughtSignature'] === undefined,
        ...turnOf(
          role,
          calls.map(({ functionCall }) => fieldsOf(functionCall)['id']),
          all.flatMap(({ functionResponse: result }) => (result ? [fieldsOf(result)['id']] : [])),
        ),
      }
    })
    return [
      ...problemsOfPath(
        path,
        `/v1beta/models/${model}:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      ),
      ...problemsByGoogle(body),
      ...problemsOfCalls(turns),
      ...problemsOfRoles(turns, 'user', 'model'),
      ...(model.startsWith('gemini-3') && turns.some(({ isUnsigned }) => isUnsigned) ? ['a call is not signed'] : []),
    ]
  }
}

export const ollamaProblems: FindProblems = ({ path, body }, isStream) => {
  const turns = listOf(fieldsOf(body)['messages']).map(({ role, tool_calls: calls, tool_name: name }) =>
    turnOf(
      role,
      listOf(calls).map((call) => fieldsOf(call['function'])['name']),
      role === 'tool' ? [name] : [],
    ),
  )
  return [
    ...problemsOfPath(path, '/api/chat'),
    ...problemsOfMode(body, isStream),
    ...problemsBy(ollamaSchema, body),
    ...problemsOfCalls(joinNeighbours(turns)),
  ]
}

function problemsOfPath(path: string, expected: string): string[] {
  return path === expected ? [] : [`${path} was asked, not ${expected}`]
}

function problemsOfMode(body: unknown, isStream: boolean): string[] {
  const asked = fieldsOf(body)['stream'] === true
  return asked === isStream ? [] : [`a stream was ${asked ? '' : 'not '}asked for`]
}

function problemsOfMarks(body: unknown, mark: string, most: number): string[] {
  const marks = JSON.stringify(body).split(`"${mark}":`).length - 1
  return marks > most ? [`${marks} cache breakpoints, and ${most} are taken`] : []
}

/** The body as OpenAI describes it: without a service's own fields. */
function without(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, fields))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !fields.includes(name))
  return Object.fromEntries(kept.map(([name, item]) => [name, without(item, fields)]))
}
