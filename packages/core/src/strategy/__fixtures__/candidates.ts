import type { HealthStatus } from '../../health/target-health.ts'
import type { Price } from '../../price/price.ts'
import type { Capabilities } from '../../provider/capabilities.ts'
import type { ChatRequest } from '../../provider/request.ts'
import type { Random } from '../../runtime/random.ts'
import { createSeededRandom } from '../../runtime/random.ts'
import type { Candidate, Measurements, Strategy, StrategyContext } from '../strategy.ts'

/** What a test says of a target; it may change at any time. */
export interface Facts {
  weight?: number
  status?: HealthStatus
  inFlight?: number
  failureRate?: number
  firstContentMs?: number | undefined
  /** As high as the average where it is not given. */
  peakMs?: number | undefined
  price?: Price | undefined
  capabilities?: Partial<Capabilities>
}

const modest: Capabilities = {
  input: [],
  tools: false,
  responseFormats: [],
  streaming: true,
  reasoning: false,
  promptCache: false,
  assistantPrefill: false,
  parameters: {},
}

export interface FakeCandidate extends Candidate {
  readonly facts: Facts
}

export function createCandidate(model: string, facts: Facts = {}): FakeCandidate {
  const health: Measurements = {
    get status() {
      return facts.status ?? 'healthy'
    },
    get inFlight() {
      return facts.inFlight ?? 0
    },
    get failureRate() {
      return facts.failureRate ?? 0
    },
    get firstContentMs() {
      return facts.firstContentMs
    },
    perTokenMs: undefined,
    peakFirstContentMs: () => facts.peakMs ?? facts.firstContentMs,
  }
  return {
    target: `test/${model}`,
    provider: 'test',
    model,
    weight: facts.weight ?? 1,
    health,
    facts,
    capabilities: () => ({ ...modest, ...facts.capabilities }),
    price: () => facts.price,
  }
}

/** Targets `a`, `b`, `c` and so on, each with its facts. */
export function createCandidates(...facts: readonly Facts[]): FakeCandidate[] {
  return facts.map((fact, index) => createCandidate(String.fromCodePoint(97 + index), fact))
}

export interface Circumstances {
  readonly request?: Partial<ChatRequest>
  readonly now?: number
  readonly random?: Random
  /** Of the prompt. @default 0 */
  readonly tokens?: number
}

export function createContext({ request, now = 0, random, tokens = 0 }: Circumstances = {}): StrategyContext {
  return {
    route: 'chat',
    stage: 'primary',
    request: { model: 'chat', messages: [{ role: 'user', content: 'Hello' }], ...request },
    now,
    random: random ?? createSeededRandom(1),
    estimateTokens: () => tokens,
  }
}

/** The models in the order in which they would be called, as one word. */
export function orderOf(strategy: Strategy, candidates: readonly Candidate[], context = createContext()): string {
  return [...strategy.order(candidates, context)].map(({ model }) => model).join('')
}

/** Chooses the first, and says so. */
export function choose<C extends Candidate>(strategy: Strategy, candidates: readonly C[], context = createContext()): C {
  const [first] = strategy.order(candidates, context)
  if (first === undefined) throw new Error('Nobody was offered')
  strategy.chosen?.(first, context)
  return first
}

/** The models that so many requests would go to, as one word. */
export function chooseTimes(strategy: Strategy, candidates: readonly Candidate[], times: number): string {
  const random = createSeededRandom(2)
  return Array.from({ length: times }, () => choose(strategy, candidates, createContext({ random })).model).join('')
}

/** How many of so many requests each model would get. */
export function countChoices(strategy: Strategy, candidates: readonly Candidate[], times: number): Record<string, number> {
  const counts = Object.fromEntries(candidates.map(({ model }) => [model, 0]))
  const random = createSeededRandom(3)
  for (let time = 0; time < times; time++) {
    const { model } = choose(strategy, candidates, createContext({ random, now: time }))
    counts[model] = (counts[model] ?? 0) + 1
  }
  return counts
}
