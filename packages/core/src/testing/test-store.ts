import type { JsonValue } from '../provider/json.ts'
import type { Store } from '../store/store.ts'

/** How a runner declares a test. The `test` of vitest, of `node:test` and of Bun are such. */
export type DeclareTest = (name: string, run: () => Promise<void>) => unknown

/** A store and what its tests need beside it. */
export interface StoreUnderTest {
  readonly store: Store
  /** Another way to the same state, such as a second connection. @default the same store */
  readonly other?: Store
  /** Lets so much time pass for the store: a fake clock goes on, or one waits. */
  advance(byMs: number): Promise<void>
  /** Lets go of everything when a test is over. */
  close?(): Promise<void>
}

export interface StoreTests {
  /** Makes a store for one test, in which nothing is kept yet. */
  create(): StoreUnderTest | Promise<StoreUnderTest>
}

/** Longer than any test takes. */
const longMs = 600_000

const cases: Readonly<Record<string, (tested: Required<Omit<StoreUnderTest, 'close'>>) => Promise<void>>> = {
  async 'gives back what was set last, and undefined where nothing was'({ store, other }) {
    equal(await store.get('key'), undefined)
    await store.set('key', 'first', longMs)
    await other.set('key', 'second', longMs)
    equal(await store.get('key'), 'second')
    equal(await store.get('ke'), undefined)
  },

  async 'keeps every JSON value as it is'({ store, other }) {
    const values: readonly JsonValue[] = [
      '',
      'text',
      '12',
      'null',
      'ä\u{1F600}\u0000\r\n"\\',
      0,
      -1.5,
      1e21,
      true,
      false,
      null,
      [],
      {},
      { list: [1, [null, { deep: '' }]], z: 1, a: 2 },
      JSON.parse('{"__proto__":{"polluted":true}}') as JsonValue,
    ]
    for (const [at, value] of values.entries()) await store.set(`key ${at}`, value, longMs)
    for (const [at, value] of values.entries()) equal(await other.get(`key ${at}`), value)
  },

  async 'keeps a copy, which nobody changes from outside'({ store }) {
    const value = { list: [1] }
    await store.set('key', value, longMs)
    value.list.push(2)
    const read = (await store.get('key')) as { list: number[] }
    read.list.push(3)
    equal(await store.get('key'), { list: [1] })
  },

  async 'takes keys of any characters, and tells them apart'({ store, other }) {
    const keys = [
      'a',
      'A',
      'a ',
      'a:b/c',
      'a*',
      'a?',
      '[a]',
      '{a}',
      '\n',
      '\u0000',
      'ä',
      'a\u0308',
      '__proto__',
      'k'.repeat(512),
    ]
    for (const [at, key] of keys.entries()) await store.set(key, at, longMs)
    for (const [at, key] of keys.entries()) equal(await other.get(key), at)
  },

  async 'forgets a value when its time is over, counted from when it was set last'({ store, advance }) {
    await store.set('short', 1, 400)
    await store.set('renewed', 1, 400)
    await store.set('long', 1, longMs)
    await advance(200)
    await store.set('renewed', 2, 10_000)
    equal(await store.get('short'), 1)
    await advance(400)
    equal(await store.get('short'), undefined)
    equal(await store.get('renewed'), 2)
    equal(await store.get('long'), 1)
  },

  async 'removes a key that is set for no time'({ store, other }) {
    for (const ttlMs of [0, -1]) {
      await store.set('key', 1, longMs)
      await other.set('key', 2, ttlMs)
      equal(await store.get('key'), undefined)
    }
  },

  async 'adds up to the limit and not beyond, all of an amount or nothing'({ store, other }) {
    equal(await store.add('key', 4, 10, longMs), { added: true, value: 4 })
    equal(await other.add('key', 7, 10, longMs), { added: false, value: 4 })
    equal(await store.add('key', 6, 10, longMs), { added: true, value: 10 })
    equal(await other.add('key', 1, 10, longMs), { added: false, value: 10 })
    equal(await store.add('key', 1, 11, longMs), { added: true, value: 11 })
    equal(await store.add('key', 1000, Infinity, longMs), { added: true, value: 1011 })
    equal(await store.add('other key', 11, 10, longMs), { added: false, value: 0 })
    equal(await store.add('other key', 0, 0, longMs), { added: true, value: 0 })
  },

  async 'takes what is given back, whatever the limit, and never stands below 0'({ store }) {
    await store.add('key', 10, 10, longMs)
    equal(await store.add('key', -3, 1, longMs), { added: true, value: 7 })
    equal(await store.add('key', -8, 10, longMs), { added: true, value: 0 })
    equal(await store.add('key', 10, 10, longMs), { added: true, value: 10 })
    equal(await store.add('no such key', -5, 10, longMs), { added: true, value: 0 })
    equal(await store.add('no such key', 11, 10, longMs), { added: false, value: 0 })
  },

  async 'counts exactly up to the largest whole number'({ store }) {
    const most = Number.MAX_SAFE_INTEGER
    equal(await store.add('key', most - 2, most, longMs), { added: true, value: most - 2 })
    equal(await store.add('key', 1, most, longMs), { added: true, value: most - 1 })
    equal(await store.add('key', 2, most, longMs), { added: false, value: most - 1 })
    equal(await store.add('key', 1, most, longMs), { added: true, value: most })
    equal(await store.add('key', -most, most, longMs), { added: true, value: 0 })
  },

  async 'starts a counter anew when its time is over, counted from its first addition'({ store, advance }) {
    await store.add('key', 5, 10, 400)
    await advance(200)
    equal(await store.add('key', 1, 10, longMs), { added: true, value: 6 })
    await advance(400)
    equal(await store.add('key', 1, 10, longMs), { added: true, value: 1 })
  },

  async 'lets no two additions take the same room'({ store, other }) {
    const adds = Array.from({ length: 60 }, (_, at) => (at % 2 ? store : other).add('key', 1 + (at % 3), 50, longMs))
    const taken = (await Promise.all(adds)).reduce((sum, { added }, at) => sum + (added ? 1 + (at % 3) : 0), 0)
    const { value } = await store.add('key', 1000, 50, longMs)
    equal(taken, value)
    ok(value >= 48 && value <= 50, `a limit of 50 was filled to ${value}`)
  },

  async 'reads a counter as a number, and adds to a number that was set'({ store }) {
    await store.add('key', 7, 10, longMs)
    equal(await store.get('key'), 7)
    await store.set('key', 2, longMs)
    equal(await store.add('key', 3, 10, longMs), { added: true, value: 5 })
    await store.set('text', 'no number', longMs)
    await refused(() => store.add('text', 1, 10, longMs), 'adding to a text')
    equal(await store.get('text'), 'no number')
  },

  async 'refuses what no store takes, as an invalid request'({ store }) {
    for (const key of ['', 'k'.repeat(513)]) {
      await refused(() => store.get(key), 'such a key', true)
      await refused(() => store.set(key, 1, longMs), 'such a key', true)
      await refused(() => store.add(key, 1, 10, longMs), 'such a key', true)
    }
    for (const value of [undefined, () => 1, 'x'.repeat(1_048_576)]) {
      await refused(() => store.set('key', value as JsonValue, longMs), 'such a value', true)
    }
    for (const [amount, limit] of [
      [0.5, 10],
      [NaN, 10],
      [Infinity, Infinity],
      [1, NaN],
      [1, 1.5],
    ] as const) {
      await refused(() => store.add('key', amount, limit, longMs), `adding ${amount} up to ${limit}`, true)
    }
    equal(await store.get('key'), undefined)
  },

  async 'tells those who watch of what anybody sets, in order'({ store, other, advance }) {
    const heard: [string, JsonValue][] = []
    const end = store.watch('a*[b]:', (key, value) => heard.push([key, value]))
    await untilHeard(other, 'a*[b]:', heard, advance)
    await other.set('a*[b]:1', { at: 1 }, longMs)
    await other.set('a-b:1', 'another prefix', longMs)
    await other.set('a*[b]:2', null, longMs)
    await other.set('a*[b]:1', 'gone', 0)
    await until(() => heard.length >= 3, advance)
    await store.set('a*[b]:', 'its own', longMs)
    await until(() => heard.length >= 4, advance)
    equal(heard, [
      ['a*[b]:1', { at: 1 }],
      ['a*[b]:2', null],
      ['a*[b]:1', 'gone'],
      ['a*[b]:', 'its own'],
    ])
    end()
  },

  async 'tells nobody from within set, and each a copy'({ store, other, advance }) {
    const heard: [string, JsonValue][] = []
    const ends = [1, 2].map(() => {
      const watched: [string, JsonValue][] = []
      return {
        watched,
        end: store.watch('key', (key, value) => {
          watched.push([key, value])
          if (typeof value === 'object') (value as unknown as number[]).push(3)
          heard.push([key, value])
        }),
      }
    })
    for (const { watched } of ends) await untilHeard(other, 'key', watched, advance)
    heard.length = 0
    const value = [1]
    const set = store.set('key', value, longMs)
    equal(heard, [])
    value.push(2)
    await set
    await until(() => heard.length >= 2, advance)
    equal(heard, [
      ['key', [1, 3]],
      ['key', [1, 3]],
    ])
    equal(await store.get('key'), [1])
    for (const { end } of ends) end()
  },

  async 'lets no listener that throws disturb another'({ store, other, advance }) {
    const heard: [string, JsonValue][] = []
    const endFirst = store.watch('key', () => {
      throw new Error('a listener throws')
    })
    const endSecond = store.watch('key', (key, value) => heard.push([key, value]))
    await untilHeard(other, 'key', heard, advance)
    await store.set('key', 1, longMs)
    await store.set('key', 2, longMs)
    await until(() => heard.length >= 2, advance)
    equal(heard, [
      ['key', 1],
      ['key', 2],
    ])
    endFirst()
    endSecond()
  },

  async 'tells nothing once a watch has ended, and goes on telling the others'({ store, other, advance }) {
    const ended: [string, JsonValue][] = []
    const heard: [string, JsonValue][] = []
    const end = store.watch('key', (key, value) => ended.push([key, value]))
    const endOther = store.watch('key', (key, value) => heard.push([key, value]))
    await untilHeard(other, 'key', ended, advance)
    await untilHeard(other, 'key', heard, advance)
    ended.length = 0
    const set = store.set('key', 1, longMs)
    end()
    end()
    await set
    await other.set('key', 2, longMs)
    await until(() => heard.length >= 2, advance)
    equal(heard, [
      ['key', 1],
      ['key', 2],
    ])
    equal(ended, [])
    endOther()
  },
}

/** Declares the tests that every store passes. A store whose time is real takes some seconds for them. */
export function testStore(test: DeclareTest, tests: StoreTests): void {
  for (const [name, run] of Object.entries(cases)) {
    test(`a store ${name}`, async () => {
      const created = await tests.create()
      const { store, other = store } = created
      try {
        await run({ store, other, advance: (byMs) => created.advance(byMs) })
      } finally {
        await created.close?.()
      }
    })
  }
}

function ok(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem)
}

/** Both are compared as JSON. */
function equal(actual: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  ok(is === should, `expected ${should}, but got ${is}`)
}

async function refused(call: () => Promise<unknown>, what: string, asInvalid = false): Promise<void> {
  const code = await call().then(
    () => 'taken',
    (error: unknown) => (error as { code?: unknown } | undefined)?.code,
  )
  ok(code !== 'taken', `${what} was taken`)
  ok(!asInvalid || code === 'invalid-request', `${what} was refused with the code ${String(code)}`)
}

async function until(holds: () => boolean, advance: (byMs: number) => Promise<void>): Promise<void> {
  for (let wait = 0; wait < 400 && !holds(); wait++) await advance(5)
  ok(holds(), 'what was set was not told to those who watch')
}

/** A subscription may take a moment: tries until something is heard, and all that was tried; then forgets it. */
async function untilHeard(
  store: Store,
  key: string,
  heard: [string, JsonValue][],
  advance: (byMs: number) => Promise<void>,
): Promise<void> {
  for (let wait = 0; wait < 100 && heard.length === 0; wait++) {
    await store.set(key, `try ${wait}`, 0)
    await advance(5)
  }
  await store.set(key, 'last', 0)
  await until(() => heard.at(-1)?.[1] === 'last', advance)
  heard.length = 0
}
