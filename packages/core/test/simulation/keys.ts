import type { FailureKind } from '../../src/errors/failure-kind.ts'
import type { Fault, TargetModel } from './behaviour.ts'
import type { Change } from './changes.ts'
import type { Configuration } from './configuration.ts'
import type { Draw } from './draw.ts'
import type { KeyOutage, KeyModel, PoolModel, Pools } from './pool-model.ts'

/** What befalls the keys of a world. */
export interface Keys {
  /** All that any provider ever has. */
  readonly models: ReadonlyMap<string, KeyModel>
  readonly configuration: Configuration
  readonly changes: readonly Change[]
}

/** Kinds of failure that speak of a key, and say nothing of others. */
export const kindsOfKeys: ReadonlySet<string | undefined> = new Set<FailureKind>([
  'rate-limit',
  'quota',
  'authentication',
  'permission',
  'model-not-found',
])

const faults: Readonly<Record<KeyOutage['type'], Fault>> = {
  throttled: { kind: 'rate-limit', status: 429 },
  spent: { kind: 'quota', status: 402 },
  revoked: { kind: 'authentication', status: 401 },
  barred: { kind: 'permission', status: 403 },
  foreign: { kind: 'model-not-found', status: 404 },
}

/** What a service says to a key that is shown to it now; undefined where it honours the key. */
export function drawKeyFault({ outages }: KeyModel, draw: Draw, now: number): Fault | undefined {
  const outage = outages.find(({ from, until }) => from <= now && now < until)
  if (outage === undefined || draw.chance(0.05)) return undefined
  const told = outage.type === 'throttled' && draw.chance(0.6)
  return { ...faults[outage.type], ...(told ? { retryAfterMs: Math.round(draw.duration(4000)) } : {}) }
}

export function providerOf(target: string): string {
  return target.slice(0, target.indexOf('/'))
}

/** More than any pool has, so that keys come, go and come back. */
const keysOfProvider = 6

function drawKeyModels(draw: Draw, provider: string, horizonMs: number): KeyModel[] {
  const types = [
    ...Array.from({ length: 6 }, () => 'throttled' as const),
    'spent',
    'revoked',
    'barred',
    'foreign',
  ] as const
  return Array.from({ length: keysOfProvider }, (_, index) => ({
    key: `${provider}-key-${index + 1}`,
    outages: Array.from({ length: draw.integer(0, 6) }, () => {
      const from = draw.random() * horizonMs
      return { from, until: from + draw.exponential(20_000), type: draw.pick(types) }
    }),
  }))
}

function drawPool(draw: Draw, provider: string): PoolModel {
  const all = Array.from({ length: keysOfProvider }, (_, index) => `${provider}-key-${index + 1}`)
  const keys = draw.shuffle(all).slice(0, draw.chance(0.1) ? 1 : draw.integer(2, 4))
  const source = draw.pick(['list', 'list', 'function', 'function', 'token'] as const)
  return { source, keys, fetchMs: draw.pick([0, 0, draw.integer(1, 60)]), failRate: draw.pick([0, 0, 0.002]) }
}

/** Gives some providers pools of keys, which fail by themselves, and are replaced by hand while requests run. */
export function drawKeys(
  draw: Draw,
  targets: readonly TargetModel[],
  horizonMs: number,
  drawn: Omit<Keys, 'models'>,
): Keys {
  const providers = [...new Set(targets.map(({ target }) => providerOf(target)))].filter(() => draw.chance(0.7))
  if (providers.length === 0 || draw.chance(0.3)) return { models: new Map(), ...drawn }
  const models = providers.flatMap((provider) => drawKeyModels(draw, provider, horizonMs))
  let pools: Pools = new Map(providers.map((provider) => [provider, drawPool(draw, provider)]))
  const configuration = { ...drawn.configuration, pools }
  const changes = drawn.changes.map((change): Change => {
    if (change.type !== 'reload') return change
    const next = new Map(pools)
    for (const provider of providers) {
      const dice = draw.random()
      if (dice < 0.3) next.set(provider, drawPool(draw, provider))
      else if (dice < 0.35) next.delete(provider)
    }
    pools = next
    return { ...change, configuration: { ...change.configuration, pools } }
  })
  for (let at = draw.exponential(horizonMs / 15); at < horizonMs; at += draw.exponential(horizonMs / 20)) {
    const provider = draw.pick(providers)
    changes.push({ at, type: draw.pick(['replace', 'rotate'] as const), provider, pool: drawPool(draw, provider) })
  }
  return {
    models: new Map(models.map((model) => [model.key, model])),
    configuration,
    changes: changes.sort((a, b) => a.at - b.at),
  }
}

/** Pools whose keys are always well and stay as they are. */
export function drawSteadyKeys(draw: Draw, targets: readonly TargetModel[], configuration: Configuration): Keys {
  const providers = [...new Set(targets.map(({ target }) => providerOf(target)))].filter(() => draw.chance(0.6))
  const pools = new Map(providers.map((provider) => [provider, { ...drawPool(draw, provider), failRate: 0 }]))
  const keys = [...pools.values()].flatMap((pool) => pool.keys)
  const models = new Map(keys.map((key) => [key, { key, outages: [] }]))
  return { models, configuration: { ...configuration, pools }, changes: [] }
}
