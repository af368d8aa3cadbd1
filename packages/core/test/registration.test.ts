import { describe, expect, it } from 'vitest'
import { createRouter } from '../src/index.ts'
import type { Credential } from '../src/provider.ts'
import type { InvalidConfigError, Provider, ProviderPlugin, RouterOptions } from '../src/index.ts'
import { apiKey, plugin } from './plugin.ts'
import { createWorld, scripted, question } from './world.ts'

/** The statuses of these plugins in a router that has another provider to live on. */
function statusesOf(plugins: readonly unknown[], options: Partial<RouterOptions> = {}) {
  const providers = [scripted('spare'), ...(plugins as ProviderPlugin[])]
  const {
    providers: [, ...statuses],
  } = createRouter({ providers, routes: { chat: ['spare/m'] }, env: {}, ...options })
  return statuses
}

/** What is wrong with these plugins beside another provider, by the error of the router. */
function issuesOf(plugins: readonly unknown[], options: Partial<RouterOptions> = {}) {
  try {
    statusesOf(plugins, options)
  } catch (error) {
    return (error as InvalidConfigError).issues
  }
  return []
}

/** A plugin with these capabilities among others. */
function able(capabilities: object) {
  return plugin({ capabilities: { ...scripted('a').capabilities('m'), ...capabilities } })
}

describe('registration', () => {
  it('finds a whole plugin ready, by its manifest alone', () => {
    const a = plugin()
    expect(statusesOf([a])).toEqual([{ id: 'a', name: 'A', tier: 'production', state: 'ready' }])
    expect(a.made).toEqual([])
  })

  it.each([
    ['nothing', undefined, 'it must be an object, not nothing'],
    ['the function instead of what it returns', () => plugin(), 'it is a function; call it, and pass what it returns'],
    ['no manifest', { create: () => undefined }, 'manifest must be an object'],
    ['no create', { manifest: plugin().manifest }, 'create must be a function'],
    ['no id', plugin({ id: '' }), 'manifest.id must be lower case'],
    ['an id in capitals', plugin({ id: 'OpenAI' }), 'manifest.id must be lower case letters'],
    ["an id with a '/'", plugin({ id: 'a/b' }), 'manifest.id must be lower case letters'],
    ['no name', plugin({ name: '' }), 'manifest.name must be a text that is not empty'],
    [
      'an unknown tier',
      plugin({ tier: 'stable' as 'beta' }),
      'manifest.tier must be one of production, beta, experimental, planned',
    ],
    ['no credentials', plugin({ credentials: undefined as never }), 'manifest.credentials must be an array'],
    [
      'credentials that are none',
      plugin({ credentials: [null] as never }),
      'manifest.credentials[0] must be an object',
    ],
    ['no capabilities', plugin({ capabilities: undefined as never }), 'manifest.capabilities must be an object'],
    ['empty capabilities', plugin({ capabilities: {} as never }), 'manifest.capabilities.input must be an array'],
    ['inputs that are none', able({ input: ['sound'] }), 'manifest.capabilities.input[0] must be one of image, file'],
    [
      'formats that are none',
      able({ responseFormats: 'json' }),
      'manifest.capabilities.responseFormats must be an array',
    ],
    ['tools as a text', able({ tools: 'yes' }), 'manifest.capabilities.tools must be true or false'],
    ['no streaming', able({ streaming: undefined }), 'manifest.capabilities.streaming must be true or false'],
    ['no parameters', able({ parameters: undefined }), 'manifest.capabilities.parameters must be an object'],
    ['a window that is none', able({ contextWindow: '8k' }), 'manifest.capabilities.contextWindow must be a number'],
    [
      'half a cache breakpoint',
      able({ cacheBreakpoints: 0.5 }),
      'manifest.capabilities.cacheBreakpoints must be a whole number',
    ],
    [
      'a form of ids that is none',
      able({ toolCallIds: 'word' }),
      'manifest.capabilities.toolCallIds must be an object',
    ],
    [
      'ids of unknown characters',
      able({ toolCallIds: { characters: 'any', maxLength: 9 } }),
      'manifest.capabilities.toolCallIds.characters must be one of letters-and-digits, word',
    ],
    [
      'ids without a length',
      able({ toolCallIds: { characters: 'word' } }),
      'manifest.capabilities.toolCallIds.maxLength must be a whole number of at least 1',
    ],
    [
      'ids that no text can be',
      able({ toolCallIds: { characters: 'word', minLength: 10, maxLength: 9 } }),
      'manifest.capabilities.toolCallIds must have a minLength that is not above its maxLength',
    ],
    [
      'ids of a model that are none',
      plugin({ models: [{ match: '*', capabilities: { toolCallIds: {} } }] as never }),
      'manifest.models[0].capabilities.toolCallIds.characters must be one of',
    ],
    ['keys that are no pool', plugin({}, { keys: ['sk-1'] as never }), 'keys must be an object, not an array'],
    ['models that are no list', plugin({ models: {} as never }), 'manifest.models must be an array'],
    [
      'a model without a pattern',
      plugin({ models: [{ capabilities: {} }] as never }),
      'manifest.models[0].match must be a text',
    ],
    [
      'an ability of a model that is none',
      plugin({ models: [{ match: '*', capabilities: { tools: 1 } }] as never }),
      'manifest.models[0].capabilities.tools must be true or false',
    ],
    [
      'a provider without capabilities',
      { ...scripted('a'), capabilities: undefined },
      'capabilities must be a function',
    ],
    ['a provider without an id', { ...scripted('a'), id: undefined }, 'id must be lower case letters'],
  ])('refuses a shape with %s, with what is wrong', (_, given, remedy) => {
    expect(issuesOf([given])).toEqual([
      { path: 'options.providers[1]', problem: expect.stringContaining(`is incompatible: ${remedy}`) },
    ])
  })

  it('takes fields that a later contract may add', () => {
    const more = { ...plugin({ since: 2030 } as object), more: true }
    expect(statusesOf([more])).toMatchObject([{ state: 'ready' }])
  })

  it('runs its checks in one order: shape, version, free id, tier, credentials', () => {
    const wrong = { id: 'spare', tier: 'planned', credentials: [apiKey] } as const
    const shape = plugin({ ...wrong, name: '' }, { specificationVersion: 2 as 1 })
    const version = plugin(wrong, { specificationVersion: 2 as 1 })
    const id = plugin(wrong)
    expect(issuesOf([shape, version, id]).map(({ problem }) => problem)).toEqual([
      'is incompatible: manifest.name must be a text that is not empty, not a string',
      'is incompatible: it is written for contract version 2 and this core speaks 1; install matching versions',
      "is incompatible: another provider has the id 'spare'; pass { id: 'spare-2' } to one of them",
    ])
    const tier = plugin({ ...wrong, id: 'a' })
    const credentials = plugin({ ...wrong, id: 'b', tier: 'beta' })
    expect(statusesOf([tier, credentials]).map(({ state }) => state)).toEqual(['planned', 'missing-credentials'])
  })

  it('that fails is told with what is wrong in the routes, all at once', () => {
    const issues = issuesOf([() => plugin()], {
      routes: { chat: ['spare/m', 'a/m'] },
      experimental: ['spar', '*', 'spare'],
    })
    expect(issues.map(({ path }) => path)).toEqual([
      'options.providers[1]',
      'options.experimental[0]',
      'options.routes.chat[1]',
    ])
    expect(issues[1]?.problem).toBe("'spar' names a provider that is not registered. Did you mean 'spare'?")
    expect(issues[2]?.problem).toContain('Registered are: spare.')
  })

  it('takes a provider object as its own plugin', async () => {
    const { ask, router } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } })
    expect(router.providers).toEqual([{ id: 'a', name: 'a', tier: 'production', state: 'ready' }])
    expect((await ask()).provider).toBe('a')
  })

  it('refuses a provider object of another contract version', () => {
    expect(issuesOf([{ ...scripted('a'), specificationVersion: 2 }])).toMatchObject([
      { path: 'options.providers[1]', problem: expect.stringContaining('contract version 2') },
    ])
  })
})

describe('a tier', () => {
  const tiers = (options: Partial<RouterOptions> = {}) =>
    statusesOf(
      (['production', 'beta', 'experimental', 'planned'] as const).map((tier) => plugin({ id: tier, tier })),
      options,
    ).map(({ state }) => state)

  it('of production and beta is admitted, experimental gated, planned never', () => {
    expect(tiers()).toEqual(['ready', 'ready', 'gated', 'planned'])
    expect(tiers({ experimental: ['*', 'planned', 'experimental'] })).toEqual(['ready', 'ready', 'ready', 'planned'])
  })

  it('of experimental is admitted by name, by *, or by the variable LLMFB_EXPERIMENTAL', () => {
    for (const admitting of [
      { experimental: ['experimental'] },
      { experimental: ['*'] },
      { env: { LLMFB_EXPERIMENTAL: 'experimental' } },
      { env: { LLMFB_EXPERIMENTAL: 'other, experimental' } },
      { env: { LLMFB_EXPERIMENTAL: '*' } },
    ]) {
      expect(tiers(admitting)[2]).toBe('ready')
    }
    expect(tiers({ experimental: ['beta'], env: { LLMFB_EXPERIMENTAL: 'other' } })[2]).toBe('gated')
  })

  it('that gates says how to admit', () => {
    expect(statusesOf([plugin({ id: 'dial', tier: 'experimental' })])).toMatchObject([
      { remedy: "it is experimental; admit it with experimental: ['dial'] or LLMFB_EXPERIMENTAL=dial" },
    ])
  })
})

describe('credentials', () => {
  const other = { variable: 'A_REGION', option: 'region', required: true, description: 'region' }
  const optional = { variable: 'A_PROJECT', option: 'project', required: false, description: 'project' }
  const needy = (more: Partial<ProviderPlugin> = {}) => plugin({ credentials: [apiKey, other, optional] }, more)

  it('that are missing are named, each with its variable, option and page', () => {
    const [status] = statusesOf([needy()])
    expect(status).toMatchObject({ state: 'missing-credentials', missing: [apiKey, other] })
    expect(status).toMatchObject({
      remedy:
        'set A_API_KEY (key of A, from https://a.example/keys) or pass { apiKey } and set A_REGION (region) or pass { region }',
    })
  })

  it('are missing when their variable is empty or nothing but space', () => {
    for (const value of ['', '   ', '\n\t']) {
      const [status] = statusesOf([needy()], { env: { A_API_KEY: value, A_REGION: 'eu' } })
      expect(status).toMatchObject({ state: 'missing-credentials', missing: [apiKey] })
    }
  })

  it('may come from the options of the provider instead', () => {
    expect(statusesOf([needy({ configured: ['apiKey', 'region'] })])).toMatchObject([{ state: 'ready' }])
    expect(statusesOf([needy({ configured: ['apiKey'] })], { env: { A_REGION: 'eu' } })).toMatchObject([
      { state: 'ready' },
    ])
  })

  it('that are set are handed to the provider, trimmed, and nothing else of the environment is', async () => {
    const a = needy()
    const env = { A_API_KEY: ' key\n', A_REGION: 'eu', A_PROJECT: '  ', SECRET: 'of somebody else' }
    const { ask } = createWorld({ providers: [a], routes: { chat: ['a/m'] }, env })
    await ask()
    expect(a.made).toMatchObject([{ id: 'a', credentials: { A_API_KEY: 'key', A_REGION: 'eu' } }])
    expect(Object.keys(a.made[0]?.credentials ?? {})).toEqual(['A_API_KEY', 'A_REGION'])
    expect(a.made[0]).toHaveProperty('clock')
    expect(a.made[0]).toHaveProperty('logger')
  })
})

describe('a provider', () => {
  it('is made when it is first used, and once', async () => {
    const [a, b] = [plugin(), plugin({ id: 'b' })]
    const { ask, read, router } = createWorld({ providers: [a, b], routes: { chat: ['a/m', 'b/m'] } })
    router.status()
    router.capabilities('chat')
    expect(a.made).toHaveLength(0)
    await ask()
    await ask()
    await read()
    await ask({ model: 'a/other' })
    expect([a.made.length, b.made.length]).toEqual([1, 0])
  })

  it('is made once for two first calls at the same time', async () => {
    const resolvers: (() => void)[] = []
    const a = plugin(
      {},
      { create: () => new Promise<Provider>((resolve) => resolvers.push(() => resolve(scripted('a')))) },
    )
    const { router, clock } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const request = { model: 'chat', messages: [{ role: 'user' as const, content: 'x' }] }
    const answers = [router.chat(request), router.chat(request), router.chat(request)]
    await clock.advance(100)
    expect(resolvers).toHaveLength(1)
    resolvers[0]?.()
    expect((await clock.run(Promise.all(answers))).map(({ provider }) => provider)).toEqual(['a', 'a', 'a'])
  })

  it('is asked for the capabilities of its models by its manifest, the first pattern that matches', () => {
    const capabilities = { ...scripted('a').capabilities('m'), tools: false, contextWindow: 1000 }
    const models = [
      { match: 'big-*', capabilities: { contextWindow: 9000 } },
      { match: 'big-tool', capabilities: { tools: true } },
      { match: '*-tool', capabilities: { tools: true } },
    ]
    const { router } = createWorld({ providers: [plugin({ capabilities, models })], routes: { chat: ['a/m'] } })
    const of = (model: string) => {
      const { tools, contextWindow } = router.capabilities(`a/${model}`)
      return [tools, contextWindow]
    }
    expect(of('m')).toEqual([false, 1000])
    expect(of('big-one')).toEqual([false, 9000])
    expect(of('big-tool')).toEqual([false, 9000])
    expect(of('small-tool')).toEqual([true, 1000])
  })

  it('is asked for the capabilities of its models itself, once it is loaded', async () => {
    const known = scripted('a').capabilities('m')
    const create = () => ({ ...scripted('a'), capabilities: (model: string) => ({ ...known, tools: model === 'm' }) })
    const a = plugin({ capabilities: { ...known, tools: false } }, { create })
    const routes = { chat: ['a/m'], outer: ['chat'] }
    const { ask, router } = createWorld({ providers: [a], routes })
    const tools = () => ['a/m', 'a/other', 'chat', 'outer'].map((model) => router.capabilities(model).tools)
    expect(tools()).toEqual([false, false, false, false])
    await ask()
    expect(tools()).toEqual([true, false, true, true])
  })

  it('needs one of the variables of one option, and takes a name for nothing but itself', () => {
    const other = { ...apiKey, variable: 'A_OTHER_KEY' }
    const state = (env: Record<string, string>, credentials: readonly Credential[] = [apiKey, other]): string => {
      const { router } = createWorld({
        providers: [plugin({ credentials }), scripted('b')],
        routes: { chat: ['b/m'] },
        env,
      })
      return router.providers[0]?.state ?? 'none'
    }
    expect(state({})).toBe('missing-credentials')
    expect(state({ A_API_KEY: ' ' })).toBe('missing-credentials')
    expect(state({ A_OTHER_KEY: 'key' })).toBe('ready')
    expect(state({}, [{ ...apiKey, variable: 'constructor' }])).toBe('missing-credentials')
  })

  it('is let go of with the router that made it, also while it is being made; one that was given is not', async () => {
    const disposed: string[] = []
    const withDispose = (id: string): Provider => ({ ...scripted(id), dispose: () => void disposed.push(id) })
    const create = (): Provider => withDispose('a')
    const slow = plugin({ id: 'b' }, { create: async () => withDispose('b') })
    const rude = plugin(
      { id: 'c' },
      {
        create: () => ({
          ...scripted('c'),
          dispose: () => {
            throw new Error('never')
          },
        }),
      },
    )
    const providers = [plugin({}, { create }), slow, rude, withDispose('d')]
    const routes = { chat: ['a/m'], b: ['b/m'], c: ['c/m'], d: ['d/m'] }
    const { ask, router, clock, errorOf } = createWorld({ providers, routes })
    for (const model of ['chat', 'c', 'd']) await ask({ model })
    const left = errorOf(router.chat({ ...question, model: 'b' }))
    router.dispose()
    expect(await left).toMatchObject({ code: 'disposed' })
    await clock.advance(0)
    expect(disposed).toEqual(['a', 'b'])
  })

  it.each([
    ['nothing', undefined, 'must be an object, not nothing'],
    ['a client', { id: 'a', messages: {} }, '.capabilities must be a function, not nothing'],
    ['half a provider', { ...scripted('a'), stream: undefined }, '.stream must be a function, not nothing'],
  ])('of which create() makes %s fails the attempt', async (_, made, problem) => {
    const a = plugin({}, { create: () => made as unknown as Provider })
    const { ask } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const answer = await ask()
    expect(answer.provider).toBe('b')
    expect(answer.attempts[0]?.message).toContain("Provider 'a' could not be made: what create() returned")
    expect(answer.attempts[0]?.message).toContain(problem)
  })
})
