/** What is printed on the console from now on, which keeps it to itself until it is restored. */
export function listenToConsole(): { readonly printed: readonly unknown[]; readonly restore: () => void } {
  const printed: unknown[] = []
  const names = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const
  const before = names.map((name) => [name, console[name]] as const)
  for (const name of names) console[name] = (...values: unknown[]) => void printed.push(values)
  return {
    printed,
    restore() {
      for (const [name, original] of before) console[name] = original
    },
  }
}
