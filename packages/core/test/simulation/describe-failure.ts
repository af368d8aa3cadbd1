/** What a seed broke, with the command that shows it again. */
export function describeFailure(seed: number, requests: number, violations: readonly string[]): string {
  const replay = `SIMULATION_SEED=${seed} SIMULATION_REQUESTS=${requests} pnpm unit --project packages/core simulation`
  return [`Seed ${seed} broke ${violations.length} rules; replay with: ${replay}`, ...violations.slice(0, 20)].join(
    '\n',
  )
}
