import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'
import { createKeyPool } from './key-pool.ts'

describe('a pool of keys', () => {
  it('hands out the key of a fingerprint, and the first one where none is named', () => {
    const pool = createKeyPool(['first-key', 'second-key'])
    const [first = '', second = ''] = pool.fingerprints
    expect([pool.read(), pool.read({ key: first }), pool.read({ key: second })]).toEqual([
      'first-key',
      'first-key',
      'second-key',
    ])
  })

  it('hands out the first key where the one that is named is gone', () => {
    const pool = createKeyPool(['old-key', 'kept-key'])
    const [old = '', kept = ''] = pool.fingerprints
    pool.replace(['kept-key', 'new-key'])
    expect([pool.read({ key: old }), pool.read({ key: kept })]).toEqual(['kept-key', 'kept-key'])
    expect(pool.fingerprints).toEqual([kept, fingerprintOf('new-key')])
  })

  it('tells of other keys by another array, and of the same ones by the same', async () => {
    let keys = ['first-key', 'second-key']
    const pool = createKeyPool(() => [...keys])
    expect(pool.fingerprints).toEqual([])
    await pool.read()
    const before = pool.fingerprints
    await pool.read()
    expect(pool.fingerprints).toBe(before)
    keys = ['second-key']
    await pool.refresh()
    expect(pool.fingerprints).toEqual([fingerprintOf('second-key')])
  })

  it('asks a function before each call, and has nothing to choose from where that fetches one key', async () => {
    let calls = 0
    const pool = createKeyPool(async () => `key-number-${++calls}`)
    expect([await pool.read(), await pool.read({ key: 'whatever' })]).toEqual(['key-number-1', 'key-number-2'])
    expect(pool.fingerprints).toEqual([])
    expect(pool.secrets()).toEqual(['key-number-2', 'key-number-1'])
  })

  it('throws what its function throws, but not when it is asked for newer keys', async () => {
    const pool = createKeyPool(() => Promise.reject(new Error('vault')))
    await expect(pool.read()).rejects.toThrow('vault')
    await expect(pool.refresh()).resolves.toBeUndefined()
  })

  it('asks its function once for many who want newer keys', async () => {
    let calls = 0
    const pool = createKeyPool(async () => [`key-${++calls}`])
    await Promise.all([pool.refresh(), pool.refresh(), pool.refresh()])
    expect(calls).toBe(1)
    await pool.refresh()
    expect(calls).toBe(2)
  })

  it('goes by the keys that replaced a function while that was being asked', async () => {
    let answer: (keys: string[]) => void = () => undefined
    const pool = createKeyPool(() => new Promise<string[]>((resolve) => (answer = resolve)))
    const reading = pool.read()
    pool.replace('given-key')
    answer(['fetched-key'])
    expect(await reading).toBe('given-key')
    expect(pool.fingerprints).toEqual([fingerprintOf('given-key')])
  })

  it('tells by which key a call goes out', async () => {
    const told: string[] = []
    const onKey = (fingerprint: string): void => void told.push(fingerprint)
    const pool = createKeyPool(() => ['first-key', 'second-key'])
    await pool.read({ onKey })
    await pool.read({ onKey, key: fingerprintOf('second-key') })
    await pool.read({ onKey, key: 'gone' })
    expect(told).toEqual(['first-key', 'second-key', 'first-key'].map(fingerprintOf))
    await createKeyPool(() => 'a-token').read({ onKey })
    expect(told).toHaveLength(3)
  })

  it('counts how often its keys were others', async () => {
    let token = 'token-1'
    const pool = createKeyPool(() => token)
    await pool.read()
    const { version } = pool
    await pool.read()
    expect(pool.version).toBe(version)
    token = 'token-2'
    await pool.refresh()
    expect(pool.version).toBe(version + 1)
    pool.replace('given-key')
    expect(pool.version).toBe(version + 2)
  })

  it('asks another function at once, and one that does not answer after a while once more', async () => {
    let calls = 0
    const pool = createKeyPool(() => {
      calls++
      return new Promise<string>(() => undefined)
    })
    for (let asked = 1; asked <= 31; asked++) void pool.refresh()
    expect(calls).toBe(2)
    pool.replace(async () => ['other-key'])
    await pool.refresh()
    expect(pool.fingerprints).toEqual([fingerprintOf('other-key')])
  })

  it.each([[[7]], [['']], [[undefined]]])('refuses %j from a function, and forgets nothing for it', async (fetched) => {
    let keys: unknown = ['good-key']
    const pool = createKeyPool(() => keys as string[])
    await pool.read()
    keys = fetched
    await expect(pool.read()).rejects.toThrow('options.apiKey() must be a key, a list of keys')
    expect(pool.secrets()).toEqual(['good-key'])
  })

  it('takes keys without the space around them', () => {
    const pool = createKeyPool(['a-key', ' a-key\n'])
    expect([pool.fingerprints.length, pool.read()]).toEqual([1, 'a-key'])
  })

  it('holds a key that is listed twice once', () => {
    expect(createKeyPool(['same-key', 'same-key']).fingerprints).toHaveLength(1)
  })

  it('is handed back as it is', () => {
    const pool = createKeyPool(['a-key'])
    expect(createKeyPool(pool)).toBe(pool)
  })

  it.each([undefined, '', ' \n'])('reads as undefined without keys: %j', (apiKey) => {
    expect(createKeyPool(apiKey).read()).toBeUndefined()
  })

  it.each([undefined, null, 7, []])('reads as undefined where its function fetches %j', async (fetched) => {
    const pool = createKeyPool(async () => fetched as never)
    expect([await pool.read(), pool.secrets(), pool.fingerprints]).toEqual([undefined, [], []])
  })

  it.each([[[]], [['good-key', '']], [[7]], [{}], [7], [null]])('refuses %j', (apiKey) => {
    expect(() => createKeyPool(apiKey as never)).toThrow('options.apiKey must be a key, a list of keys')
  })

  it('remembers keys that were replaced as secrets, some of them', () => {
    const pool = createKeyPool('key-0')
    for (let turn = 1; turn <= 100; turn++) pool.replace(`key-${turn}`)
    expect(pool.secrets()).toHaveLength(17)
    expect(pool.secrets()[0]).toBe('key-100')
  })

  it('shows no key to who looks at it', () => {
    const pool = createKeyPool(['secret-key-1', 'secret-key-2'])
    expect(`${inspect(pool, { depth: 9, showHidden: true, getters: true })}${JSON.stringify(pool)}`).not.toContain(
      'secret',
    )
  })
})

describe('a fingerprint', () => {
  it('has eight hexadecimal digits, the same for the same key', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(fingerprintOf(key)).toMatch(/^[0-9a-f]{8}$/)
        expect(fingerprintOf(key)).toBe(fingerprintOf(key))
      }),
    )
  })

  it('is another one for another key', () => {
    const keys = Array.from({ length: 2000 }, (_, at) => `sk-proj-${at}`)
    expect(new Set(keys.map(fingerprintOf)).size).toBe(2000)
  })
})
