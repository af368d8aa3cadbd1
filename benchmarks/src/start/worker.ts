// A process that has done nothing yet imports core, or core and every provider, which it then registers.
import type { Cost } from './start.ts'

const [job] = process.argv.slice(2)
const memory = process.memoryUsage.rss()
const startedAt = performance.now()
let registered = 0
let importMs: number
if (job === 'core') {
  await import('@llmfb/core')
  importMs = performance.now() - startedAt
} else {
  const { registerAll } = await import('./register.ts')
  importMs = performance.now() - startedAt
  registered = registerAll().providers.length
}
const totalMs = performance.now() - startedAt
const memoryMb = (process.memoryUsage.rss() - memory) / 1e6
process.send?.({ registered, importMs, totalMs, memoryMb } satisfies Cost)
process.disconnect()
