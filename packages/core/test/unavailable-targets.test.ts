import { describe, expect, it } from 'vitest'
import { createRouter } from '../src/index.ts'
import type { NoUsableTargetError } from '../src/index.ts'
import { apiKey, plugin } from './plugin.ts'
import { createWorld, lines, scripted } from './world.ts'

describe('a target whose provider cannot be used', () => {
  const missing = plugin({ id: 'needy', credentials: [apiKey] })
  const providers = [missing, plugin({ id: 'new', tier: 'experimental' }), scripted('b')]
  const reason = (id: string, state: string) => expect.stringContaining(`provider '${id}' is ${state}: `)

  it('is told once at start, by an event and in the log', () => {
    const logged: unknown[] = []
    const { events } = createWorld({
      providers,
      routes: { chat: ['needy/m', 'new/m', 'b/m'], other: ['b/m'] },
      logger: { debug() {}, info() {}, error() {}, warn: (message, fields) => void logged.push([message, fields]) },
    })
    const told = [
      { target: 'needy/m', route: 'chat', reason: reason('needy', 'missing-credentials') },
      { target: 'new/m', route: 'chat', reason: reason('new', 'gated') },
    ]
    expect(events).toEqual(told.map((fields) => ({ type: 'target-unavailable', ...fields })))
    expect(logged).toEqual(told.map((fields) => ['target is unavailable', fields]))
  })

  it('stands in the ledger of each request that it would have served', async () => {
    const { ask } = createWorld({
      providers,
      routes: { chat: { stages: [{ targets: ['needy/m', 'b/m'] }, { targets: ['new/m'] }] } },
    })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 b/m first success'])
    expect(answer.exclusions).toEqual([
      {
        target: 'needy/m',
        stage: 'stage-1',
        reason: 'unavailable',
        detail: reason('needy', 'missing-credentials'),
        afterAttempt: 0,
      },
    ])
  })

  it('leaves no route without a target: that is an error at start that lists every reason', () => {
    const make = () => createRouter({ providers, routes: { fine: ['b/m'], chat: ['needy/m', 'new/m'] }, env: {} })
    expect(make).toThrow(
      expect.objectContaining({
        code: 'no-usable-target',
        route: 'chat',
        unavailable: [
          { target: 'needy/m', route: 'chat', reason: reason('needy', 'missing-credentials') },
          { target: 'new/m', route: 'chat', reason: reason('new', 'gated') },
        ],
      }),
    )
    expect(make).toThrow(/needy\/m: .*A_API_KEY.*\n.*new\/m: .*LLMFB_EXPERIMENTAL=new/)
  })

  it('is an error at start with strict', () => {
    const options = { providers, routes: { chat: ['needy/m', 'b/m'] }, env: {} }
    expect(() => createRouter(options)).not.toThrow()
    let error: NoUsableTargetError | undefined
    try {
      createRouter({ ...options, strict: true })
    } catch (thrown) {
      error = thrown as NoUsableTargetError
    }
    expect(error).toMatchObject({ code: 'no-usable-target', unavailable: [{ target: 'needy/m' }] })
    expect(error?.message).not.toContain('has no usable target')
  })

  it('cannot be named by a caller either: the error says what is missing', async () => {
    const { ask, errorOf } = createWorld({ providers, routes: { chat: ['b/m'] } })
    expect(await errorOf(ask({ model: 'needy/m' }))).toMatchObject({
      code: 'unknown-model',
      message: expect.stringContaining('A_API_KEY'),
    })
  })
})
