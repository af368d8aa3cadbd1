import type { Recording } from '@llmfb/conformance'
import { readRecordings, startWireServer, testRecordings } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'
import { expect, test } from 'vitest'
import { exchanges } from './__fixtures__/exchanges.ts'
import { collect, connect, rejectionOf } from './connect.ts'

function toUsage(read: JsonObject): Usage {
  return {
    uncachedInputTokens: Number(read['prompt_eval_count']),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTextTokens: Number(read['eval_count']),
    reasoningTokens: 0,
  }
}

interface Piece {
  readonly message: { readonly content: string }
  readonly done_reason: string
}

/** What a streamed text answer says, read from its lines; the recording holds no reading of the SDK's. */
function withRead(recording: Recording): Recording {
  const lines = (recording.resBody ?? '').trim().split('\n')
  const pieces = lines.map((line) => JSON.parse(line) as JsonObject & Piece)
  const last = pieces.at(-1)
  return {
    ...recording,
    read: {
      text: pieces.map((piece) => piece.message.content).join(''),
      reasoning: '',
      tools: [],
      finish: last?.done_reason ?? '',
      usage: last ?? {},
    },
  }
}

testRecordings(test, {
  recordings: readRecordings('ollama')
    ?.filter(({ api }) => api === 'ollama-chat')
    .map(withRead),
  label: 'recorded',
  connect: (baseURL) => connect({ baseURL }),
  usage: toUsage,
})

testRecordings(test, {
  recordings: [...exchanges],
  label: 'spec-shaped',
  connect: (baseURL) => connect({ baseURL }),
  usage: toUsage,
})

test.for(exchanges.filter(({ stream }) => stream))(
  '$id: cut at every byte it is truncated',
  async ({ resBody = '' }) => {
    const server = await startWireServer()
    try {
      const provider = await connect({ baseURL: server.url })
      const bytes = new TextEncoder().encode(resBody.trimEnd()).length
      const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] } as const
      for (let cutAt = 0; cutAt < bytes; cutAt++) {
        server.answer({ body: resBody, cutAt })
        expect(await rejectionOf(collect(provider.stream(request))), `${cutAt}`).toMatchObject({ kind: 'truncated' })
      }
      server.answer({ body: resBody, cutAt: bytes })
      expect((await collect(provider.stream(request))).at(-1)).toMatchObject({ type: 'finish' })
    } finally {
      await server.close()
    }
  },
)
