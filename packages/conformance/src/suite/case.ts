import type { Bench } from './bench.ts'

/** One thing that a provider has to keep. */
export interface Case {
  /** `group.name`; gaps and reports name it. */
  readonly id: string
  /** What it holds a provider to. */
  readonly title: string
  /** Rejects where the provider does not keep it; with `doesNotApply` where there is nothing to keep. */
  readonly run: (bench: Bench) => Promise<void>
}
