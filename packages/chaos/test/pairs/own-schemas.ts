import type { Schema } from '@llmfb/conformance'

// Services that publish no description that is at hand, or none that is whole: what a conversation with tools, pictures and
// reasoning takes of their references.

const text: Schema = { type: 'string' }
const anything: Schema = {}

function object(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  }
}

function list(items: Schema): Schema {
  return { type: 'array', items }
}

const cached = { cache_control: object({ type: { const: 'ephemeral' } }, { ttl: { enum: ['5m', '1h'] } }) }
const claudeText = object({ type: { const: 'text' }, text: { type: 'string', pattern: '\\S' } }, cached)
const base64: Schema = { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' }
const claudeImage = object(
  {
    type: { const: 'image' },
    source: object({ type: { const: 'base64' }, media_type: { enum: ['image/png'] }, data: base64 }),
  },
  cached,
)
const claudeId: Schema = { type: 'string', pattern: '^[a-zA-Z0-9_-]+$' }

/** Anthropic's Messages. Source: the types of its SDK. */
export const anthropicSchema: Schema = object(
  {
    model: text,
    max_tokens: { type: 'integer', minimum: 1 },
    messages: {
      type: 'array',
      minItems: 1,
      items: {
        oneOf: [
          object({
            role: { const: 'user' },
            content: {
              oneOf: [
                text,
                list({
                  oneOf: [
                    claudeText,
                    claudeImage,
                    object(
                      { type: { const: 'tool_result' }, tool_use_id: claudeId },
                      {
                        content: { oneOf: [text, list({ oneOf: [claudeText, claudeImage] })] },
                        is_error: { type: 'boolean' },
                        ...cached,
                      },
                    ),
                  ],
                }),
              ],
            },
          }),
          object({
            role: { const: 'assistant' },
            content: {
              oneOf: [
                text,
                list({
                  oneOf: [
                    claudeText,
                    object({ type: { const: 'thinking' }, thinking: text, signature: text }),
                    object(
                      { type: { const: 'tool_use' }, id: claudeId, name: text, input: { type: 'object' } },
                      cached,
                    ),
                  ],
                }),
              ],
            },
          }),
        ],
      },
    },
  },
  {
    system: { oneOf: [text, list(claudeText)] },
    tools: list(
      object(
        { name: text, input_schema: { type: 'object' } },
        { type: { const: 'custom' }, description: text, ...cached },
      ),
    ),
    thinking: {
      oneOf: [
        object({ type: { const: 'adaptive' } }, { display: { enum: ['summarized', 'omitted'] } }),
        object({ type: { const: 'enabled' }, budget_tokens: { type: 'integer', minimum: 1024 } }),
        object({ type: { const: 'disabled' } }),
      ],
    },
    output_config: object({}, { effort: { enum: ['low', 'medium', 'high', 'xhigh', 'max'] } }),
    stream: { type: 'boolean' },
  },
)

/** Ollama's `/api/chat`. Source: its `api.md`, which has fields that its OpenAPI description lacks. */
export const ollamaSchema: Schema = object(
  {
    model: text,
    messages: list(
      object(
        { role: { enum: ['system', 'user', 'assistant', 'tool'] }, content: text },
        {
          thinking: text,
          images: list(base64),
          tool_name: text,
          tool_calls: list(object({ function: object({ name: text, arguments: { type: 'object' } }) })),
        },
      ),
    ),
  },
  {
    tools: list(
      object({
        type: { const: 'function' },
        function: object({ name: text, parameters: anything }, { description: text }),
      }),
    ),
    options: { type: 'object' },
    stream: { type: 'boolean' },
    think: { oneOf: [{ type: 'boolean' }, { enum: ['low', 'medium', 'high', 'max'] }] },
    keep_alive: anything,
  },
)
