import { startWireServer, testRecordings } from '@llmfb/conformance'
import { expect, test } from 'vitest'
import { exchanges } from './__fixtures__/exchanges.ts'
import { collect, connect, rejectionOf } from './connect.ts'
import { toUsage } from './recordings.ts'

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
