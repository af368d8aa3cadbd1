import { RunnableLambda } from '@langchain/core/runnables'
import type { Candidate } from './candidate.ts'
import { createMemoryProvider, request } from './in-memory.ts'

/** A lambda with another to fall back on. */
export function langchain(): Candidate {
  const provider = createMemoryProvider(0)
  const lambda = () => RunnableLambda.from(() => provider.chat(request))
  const runnable = lambda().withFallbacks([lambda()])
  return { name: 'langchain', call: () => runnable.invoke(request) }
}
