/** What came as header fields: names in lower case, a list where a name came more than once. */
export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The headers of an answer, read-only, without the platform's costs of copying and checking them. */
export class PooledHeaders {
  readonly #raw: RawHeaders

  constructor(raw: RawHeaders) {
    this.#raw = raw
  }

  get(name: string): string | null {
    const key = name.toLowerCase()
    const value = Object.hasOwn(this.#raw, key) ? this.#raw[key] : undefined
    return value === undefined ? null : typeof value === 'string' ? value : value.join(', ')
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#raw, name.toLowerCase())
  }

  getSetCookie(): string[] {
    const value = this.#raw['set-cookie']
    return value === undefined ? [] : typeof value === 'string' ? [value] : [...value]
  }

  *entries(): Generator<[string, string], undefined> {
    for (const name in this.#raw) {
      const value = this.#raw[name]
      if (value !== undefined) yield [name, typeof value === 'string' ? value : value.join(', ')]
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value
  }

  forEach(visit: (value: string, name: string, headers: PooledHeaders) => void, self?: unknown): void {
    for (const [name, value] of this.entries()) visit.call(self, value, name, this)
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries()
  }

  append(): never {
    throw immutable()
  }

  set(): never {
    throw immutable()
  }

  delete(): never {
    throw immutable()
  }
}

function immutable(): TypeError {
  return new TypeError('The headers of an answer cannot be changed')
}
