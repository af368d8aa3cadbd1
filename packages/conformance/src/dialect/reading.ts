import type {
  AssistantPart,
  ChatRequest,
  Media,
  Message,
  Parameters,
  Tool,
  ToolChoice,
  UserPart,
} from '@llmfb/core/provider'

/** A JSON object of the wire, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>

/** The fields of a value; none where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The parameters that are there, each under its name in the contract. */
export function readParameters(names: Readonly<Partial<Record<keyof Parameters, unknown>>>): Parameters {
  return Object.fromEntries(Object.entries(names).filter(([, value]) => value !== undefined && value !== null))
}

/** A `data:` URL as the bytes that it is, any other as an address. */
export function readUrl(url: string): Media {
  const [, mediaType, data] = /^data:([^;,]*);base64,(.*)$/s.exec(url) ?? []
  return data === undefined ? { url } : { data, mediaType: mediaType ?? '' }
}

/** A turn of the user; several parts where it has anything but one text. */
export function userTurn(parts: readonly UserPart[]): Message {
  return { role: 'user', content: parts }
}

export function assistantTurn(parts: readonly AssistantPart[]): Message {
  return { role: 'assistant', content: parts }
}

/** A tool as most services write it: a name, a description, a schema. */
export function readTool(wire: Fields, schema: string): Tool {
  const { name, description, strict } = wire
  return {
    name: textOf(name),
    ...(typeof description === 'string' && { description }),
    parameters: fieldsOf(wire[schema]) as Tool['parameters'],
    ...(typeof strict === 'boolean' && { strict }),
  }
}

/** A choice of a tool, where the service has a word for one. */
export function readChoice(word: unknown, words: Readonly<Record<string, ToolChoice>>): ToolChoice | undefined {
  return typeof word === 'string' && Object.hasOwn(words, word) ? words[word] : undefined
}

export function bearerOf(headers: Readonly<Record<string, string>>): string | undefined {
  return /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1]
}

/** The response format of OpenAI's APIs, which hold the schema in different places. */
export function readResponseFormat(type: unknown, holder: Fields): Pick<ChatRequest, 'responseFormat'> {
  if (type === 'json_object') return { responseFormat: { type: 'json' } }
  if (type !== 'json_schema') return {}
  const schema = fieldsOf(holder['schema']) as never
  return { responseFormat: { type: 'json-schema', schema, name: textOf(holder['name']) } }
}
