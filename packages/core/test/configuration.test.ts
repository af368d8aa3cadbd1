import { describe, expect, it } from 'vitest'
import { createRouter } from '../src/index.ts'
import type { ConfigIssue } from '../src/errors/invalid-config-error.ts'
import type { InvalidConfigError, RouterOptions } from '../src/index.ts'
import { createWorld, scripted } from './world.ts'

const providers = [scripted('openai'), scripted('ollama')]

function issuesOf(routes: RouterOptions['routes'], options: Partial<RouterOptions> = {}): readonly ConfigIssue[] {
  try {
    createRouter({ providers, routes, env: {}, ...options })
  } catch (error) {
    return (error as InvalidConfigError).issues
  }
  return []
}

describe('a router at its start', () => {
  it('names the nearest of the providers it knows', () => {
    expect(issuesOf({ chat: ['opanai/gpt-5'] })).toEqual([
      {
        path: 'options.routes.chat[0]',
        problem: "'opanai/gpt-5' names a provider that is not registered. Did you mean 'openai'?",
      },
    ])
  })

  it('names all providers where none looks alike, and says so where there are none', () => {
    expect(issuesOf({ chat: ['zzz/m'] })[0]?.problem).toContain('Registered are: openai, ollama.')
    expect(issuesOf({ chat: ['zzz/m'] }, { providers: [] })[0]?.problem).toContain('Registered are: none.')
  })

  it('names the nearest route for a target that is none', () => {
    expect(issuesOf({ chat: ['backupp'], backup: ['openai/m'] })).toEqual([
      {
        path: 'options.routes.chat[0]',
        problem: "'backupp' is neither 'provider/model' nor the name of a route. Did you mean 'backup'?",
      },
    ])
    expect(issuesOf({ chat: ['openai/'] })[0]?.problem).toContain('is neither')
  })

  it('refuses routes that lead back to themselves, however long the way', () => {
    expect(issuesOf({ a: ['a'] })).toMatchObject([
      { path: 'options.routes.a', problem: expect.stringContaining('leads back to itself') },
    ])
    const loop = issuesOf({
      a: ['b', 'openai/m'],
      b: { stages: [{ targets: ['openai/m'] }, { targets: ['c'] }] },
      c: ['a'],
    })
    expect(loop.map(({ path }) => path)).toEqual(['options.routes.a', 'options.routes.b', 'options.routes.c'])
    expect(issuesOf({ a: ['b'], b: ['c', 'c'], c: ['openai/m'], d: ['b', 'c'] })).toEqual([])
  })

  it('tells of all wrong names at once, each with its path', () => {
    const routes = {
      chat: { stages: [{ targets: ['openai/m', 'opnai/m'] }, { targets: [{ model: 'nowhere' }] }] },
      'my route': ['ollma/m'],
      loop: ['loop'],
    }
    expect(
      issuesOf(routes)
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual([
      'options.routes.chat.stages[0].targets[1]',
      'options.routes.chat.stages[1].targets[0]',
      'options.routes.loop',
      'options.routes["my route"][0]',
    ])
  })

  it('takes names of routes that an object has by nature for nothing special', async () => {
    const routes = JSON.parse('{"constructor":["toString"],"toString":["openai/m"],"__proto__":["openai/m"]}')
    const { ask } = createWorld({ providers, routes })
    expect((await ask({ model: 'constructor' })).attempts[0]?.target).toBe('router/toString')
    expect((await ask({ model: '__proto__' })).provider).toBe('openai')
    expect(issuesOf({ chat: ['hasOwnProperty'] })).toHaveLength(1)
  })
})

describe('a request for a model', () => {
  const world = () =>
    createWorld({ providers, routes: { chat: ['openai/gpt-5', 'ollama/llama3.2'], code: ['openai/gpt-5'] } })

  it.each([
    ['cht', ['chat']],
    ['gpt-5', []],
    ['opanai/gpt-5', ['openai/gpt-5']],
    ['ollma/mistral', ['ollama/mistral']],
    ['something-else-entirely', []],
    ['openai/', []],
    ['/gpt-5', []],
  ])("that is not known ('%s') is refused with the nearest names, and nothing is sent", async (model, nearest) => {
    const { ask, read, errorOf, events } = world()
    const expected = { code: 'unknown-model', model }
    const error = await errorOf<Error & { readonly nearest: readonly string[] }>(ask({ model }))
    expect(error).toMatchObject(expected)
    if (nearest.length > 0) expect(error.nearest[0]).toBe(nearest[0])
    expect(error.message.includes('Did you mean')).toBe(error.nearest.length > 0)
    expect(await errorOf(read({ model }))).toMatchObject(expected)
    expect(events).toEqual([])
  })

  it('that is not valid is refused before anything is sent, by chat and stream alike', async () => {
    const { ask, read, errorOf, events } = world()
    const bad = { messages: [{ role: 'user' as const, content: 5 as unknown as string }] }
    const expected = { code: 'invalid-request', path: 'request.messages[0].content' }
    expect(await errorOf(ask(bad))).toMatchObject(expected)
    expect(await errorOf(read(bad))).toMatchObject(expected)
    expect(events).toEqual([])
  })

  it.each<readonly [string, object, string, string]>([
    ['an unknown option', { sginal: 1 }, 'options.sginal', "did you mean 'signal'?"],
    ['a signal that is none', { signal: 'now' }, 'options.signal', 'must be an AbortSignal, not a string'],
    ['the controller of a signal', { signal: new AbortController() }, 'options.signal', 'must be an AbortSignal'],
    ['a list of options', [], 'options', 'must be an object, not an array'],
  ])('with %s is refused before anything is sent, by chat and stream alike', async (_, options, path, problem) => {
    const { ask, read, errorOf, events } = world()
    const expected = { code: 'invalid-request', path, message: expect.stringContaining(problem) }
    expect(await errorOf(ask({}, options))).toMatchObject(expected)
    expect(await errorOf(read({}, options))).toMatchObject(expected)
    expect(events).toEqual([])
  })

  it('takes every signal, and options without one', async () => {
    const { ask } = world()
    expect((await ask({}, { signal: new AbortController().signal })).provider).toBe('openai')
    expect((await ask({}, {})).provider).toBe('openai')
  })

  it('is asked for without any throw: all errors come as rejections', () => {
    const { router } = world()
    const call = () => {
      router.chat(undefined as never).catch(() => undefined)
      router
        .stream(undefined as never)
        .next()
        .catch(() => undefined)
    }
    expect(call).not.toThrow()
  })
})
