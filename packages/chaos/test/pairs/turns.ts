export type Fields = Readonly<Record<string, unknown>>

/** What one side says until the other does, as far as it calls tools or answers calls. */
export interface Turn {
  readonly role: string
  /** Ids of calls; names where a service knows no ids. */
  readonly calls: readonly string[]
  /** What the results answer, in the same words. */
  readonly results: readonly string[]
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

export function turnOf(role: unknown, calls: readonly unknown[] = [], results: readonly unknown[] = []): Turn {
  return { role: String(role), calls: calls.map(String), results: results.map(String) }
}

/** Neighbours of one role as one turn, for services that want an item or a message for each result. */
export function joinNeighbours(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = []
  for (const turn of turns) {
    const last = joined.at(-1)
    if (last?.role !== turn.role) joined.push(turn)
    else {
      const { calls, results } = last
      joined.splice(-1, 1, { ...last, calls: [...calls, ...turn.calls], results: [...results, ...turn.results] })
    }
  }
  return joined
}

/** What no service takes: calls that nothing answers at once, results of no call, two calls of one id. */
export function problemsOfCalls(turns: readonly Turn[]): string[] {
  const called = turns.flatMap(({ calls }) => calls)
  return [
    ...(new Set(called).size === called.length ? [] : [`two calls have one id: ${called.join()}`]),
    ...turns.flatMap(({ results }, index) => {
      const asked = turns[index - 1]?.calls ?? []
      const isAnswered = asked.toSorted().join() === results.toSorted().join()
      return isAnswered ? [] : [`turn ${index} answers '${results.join()}' where '${asked.join()}' were called`]
    }),
    ...(turns.at(-1)?.calls.length ? ['the last calls have no results'] : []),
  ]
}

/** For services whose turns alternate, beginning with the user. */
export function problemsOfRoles(turns: readonly Turn[], user: string, model: string): string[] {
  return turns.flatMap(({ role }, index) => {
    const expected = index % 2 === 0 ? user : model
    return role === expected ? [] : [`turn ${index} is of '${role}', not of '${expected}'`]
  })
}
