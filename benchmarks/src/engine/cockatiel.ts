import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel'
import type { Candidate } from './candidate.ts'
import { createMemoryProvider, request } from './in-memory.ts'

/** Its leanest breaker, so that the bound is the hardest one to hold. */
function retryAndCircuit() {
  const retries = retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 250 }) })
  const circuit = circuitBreaker(handleAll, { halfOpenAfter: 5000, breaker: new ConsecutiveBreaker(5) })
  return [retries, circuit] as const
}

/** The bound: `wrap(retry, circuitBreaker)`. */
export function cockatiel(): Candidate {
  const provider = createMemoryProvider(0)
  const policy = wrap(...retryAndCircuit())
  return { name: 'cockatiel', call: () => policy.execute(() => provider.chat(request)) }
}

/** With the deadline and the clock of each attempt that a request to a router has as well. */
export function cockatielWithTimeouts(): Candidate {
  const provider = createMemoryProvider(0)
  const deadline = timeout(60_000, TimeoutStrategy.Aggressive)
  const attempt = timeout(30_000, TimeoutStrategy.Aggressive)
  const policy = wrap(deadline, ...retryAndCircuit(), attempt)
  return { name: 'cockatiel + 2 timeouts', call: () => policy.execute(() => provider.chat(request)) }
}
