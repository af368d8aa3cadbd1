import { describe, expect, it } from 'vitest'
import { isStreamInterruptedError } from '../../src/errors/stream-interrupted-error.ts'
import type { ChatRequest } from '../../src/provider/request.ts'
import { createRouter } from '../../src/router/router.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { createScriptedProvider } from '../../src/testing/scripted-provider.ts'

/** What the simulation found, as the shortest story that shows it. */
describe('found by the simulation', () => {
  const ask = (model: string): ChatRequest => ({ model, messages: [{ role: 'user', content: 'hello' }] })

  it('keeps the ledger of a route within whose stream broke after content', async () => {
    const clock = createFakeClock()
    const a = createScriptedProvider({ id: 'a', replies: { text: ['half'], end: 'cut' } })
    const router = createRouter({ providers: [a], routes: { inner: ['a/1'], outer: ['inner'] }, clock, env: {} })
    const read = async (): Promise<void> => {
      for await (const _ of router.stream(ask('outer')));
    }
    const error: unknown = await clock.run(read()).catch((reason: unknown) => reason)
    const [attempt] = isStreamInterruptedError(error) ? error.attempts : []
    expect(attempt).toMatchObject({
      target: 'router/inner',
      kind: 'router',
      attempts: [{ target: 'a/1', kind: 'truncated' }],
    })
  })
})
