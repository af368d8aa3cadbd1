import { describe, expect, it } from 'vitest'
import type { RouterOptions } from '../src/index.ts'
import type { World } from './world.ts'
import { createWorld, fails, scripted } from './world.ts'

const providers = [scripted('a', fails('server')), scripted('b', fails('server'))]

function warnings({ events }: World): readonly unknown[] {
  return events.filter(({ type }) => type === 'attempts-multiply')
}

function stage(targets: readonly string[], maxAttempts: number): RouterOptions['routes'][string] {
  return { stages: [{ targets }], maxAttempts, retry: { attempts: 0 } }
}

describe('routes within routes, whose calls multiply', () => {
  it('are warned about at the start, with their product', () => {
    const world = createWorld({
      providers,
      routes: {
        chat: stage(['middle', 'b/m'], 3),
        middle: stage(['inner'], 2),
        inner: stage(['a/m', 'b/m'], 4),
      },
    })
    expect(warnings(world)).toEqual([{ type: 'attempts-multiply', route: 'chat', attempts: 24 }])
  })

  it('are said to the log as well', () => {
    const said: unknown[] = []
    const note = (): void => undefined
    createWorld({
      providers,
      routes: { chat: ['inner'], inner: ['a/m'] },
      logger: { debug: note, info: note, warn: (message, fields) => said.push([message, fields]), error: note },
    })
    expect(said).toEqual([['routes within a route multiply its attempts', { route: 'chat', attempts: 36 }]])
  })

  it('are not warned about while the product is small', () => {
    const world = createWorld({
      providers,
      routes: { chat: stage(['inner'], 3), inner: stage(['a/m'], 4) },
    })
    expect(warnings(world)).toEqual([])
  })

  it('are not warned about where a route alone makes many calls', () => {
    expect(warnings(createWorld({ providers, routes: { chat: stage(['a/m', 'b/m'], 50) } }))).toEqual([])
  })

  it('are warned about when a reload brings them, and not before it is accepted', () => {
    const world = createWorld({ providers, routes: { chat: ['a/m'] } })
    expect(() => world.router.reload({ providers, routes: { chat: ['inner', 'z/m'], inner: ['a/m'] } })).toThrow('z/m')
    expect(warnings(world)).toEqual([])
    world.router.reload({ providers, routes: { chat: ['inner'], inner: ['a/m'] } })
    expect(warnings(world)).toEqual([{ type: 'attempts-multiply', route: 'chat', attempts: 36 }])
  })

  it('make no more calls than they were said to', async () => {
    const [a, b] = [scripted('a', fails('server')), scripted('b', fails('server'))]
    const world = createWorld({
      providers: [a, b],
      routes: {
        chat: { stages: [{ targets: ['inner'] }], maxAttempts: 3, retry: { attempts: 2 } },
        inner: { stages: [{ targets: ['a/m', 'b/m'] }], maxAttempts: 5, retry: { attempts: 4 } },
      },
      circuit: { consecutiveFailures: 1000, minimumCalls: 1000 },
    })
    expect(warnings(world)).toMatchObject([{ attempts: 15 }])
    await world.errorOf(world.ask())
    expect(a.calls.length + b.calls.length).toBeLessThanOrEqual(15)
    expect(a.calls.length + b.calls.length).toBeGreaterThan(3)
  })
})
