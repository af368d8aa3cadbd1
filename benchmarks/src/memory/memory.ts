import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setImmediate } from 'node:timers/promises'
import { describeEnvironment } from '../environment.ts'
import { median } from '../statistics.ts'
import { toTable } from '../table.ts'
import { createWorkload } from './workload.ts'

export interface MemoryOptions {
  readonly calls: number
  /** After so many calls the heap is looked at. */
  readonly sampleEvery: number
}

/** What was in use after so many calls, once everything that nobody holds was collected. */
export interface MemorySample {
  readonly calls: number
  /** Calls and streams that failed by then. */
  readonly failed: number
  readonly bytes: number
}

export interface MemoryFigures {
  readonly samples: readonly MemorySample[]
  /** What a call left behind, in bytes: the slope of the later half of the samples. */
  readonly bytesPerCall: number
  readonly flat: boolean
}

/** DESIGN.md, section 7: flat. What is left is the compiler's own; the smallest thing that a call could leave has 16 bytes. */
const bound = 0.5

/** Makes calls, and a tenth as many streams, and looks again and again at what is left of them. */
export async function measureMemory({ calls, sampleEvery }: MemoryOptions): Promise<MemoryFigures> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const workload = await createWorkload(1)
  const samples: MemorySample[] = []
  let failed = 0
  for (let made = sampleEvery; made <= calls; made += sampleEvery) {
    failed += await workload.run(sampleEvery)
    samples.push({ calls: made, failed, bytes: await bytesInUse(collect) })
  }
  workload.router.dispose()
  const bytesPerCall = slopeOf(samples.slice(Math.floor(samples.length / 2)))
  return { samples, bytesPerCall, flat: bytesPerCall < bound }
}

/** Signals and weak references are let go of a turn after what held them. */
async function bytesInUse(collect: () => void): Promise<number> {
  for (let time = 0; time < 4; time++) {
    collect()
    await setImmediate()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The median of the slopes between any two samples: one that is off, as when the compiler let go of code, counts little. */
export function slopeOf(samples: readonly Pick<MemorySample, 'calls' | 'bytes'>[]): number {
  const slopes = samples.flatMap((later, at) =>
    samples.slice(0, at).map((earlier) => (later.bytes - earlier.bytes) / (later.calls - earlier.calls)),
  )
  return median(slopes)
}

export function reportMemory({ samples, bytesPerCall, flat }: MemoryFigures): string {
  const count = (value: number): string => value.toLocaleString('en')
  const rows = samples.map(({ calls, failed, bytes }) => [count(calls), count(failed), (bytes / 1_000_000).toFixed(2)])
  return [
    describeEnvironment([]).trimEnd(),
    '',
    'Calls, with a tenth as many streams beside them',
    toTable(['calls', 'failed', 'MB in use'], rows),
    '',
    `Bound: less than ${bound} bytes a call over the later half: ${bytesPerCall.toFixed(3)}, ${flat ? 'flat' : 'NOT FLAT'}`,
  ].join('\n')
}
