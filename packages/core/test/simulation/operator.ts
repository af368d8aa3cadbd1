import { isDeepStrictEqual } from 'node:util'
import type { ReloadOptions } from '../../src/router/options.ts'
import type { TargetStatus } from '../../src/router/target-status.ts'
import { sleep } from '../../src/runtime/sleep.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import type { Change } from './changes.ts'
import type { Configuration } from './configuration.ts'
import { namesIn } from './configuration.ts'
import type { PoolModel } from './pool-model.ts'
import { providerOf } from './keys.ts'
import type { Violate } from './invariant.ts'
import { routerId } from './invariant.ts'
import type { Side } from './side.ts'
import { createStaff } from './staff.ts'
import type { World } from './world.ts'

/** Whom an operator tells of what happens. */
interface Report {
  readonly violate: Violate
  readonly count: (what: string) => void
}

/** Makes the changes of a scenario at their times, to every router; whoever was shut out is let in at the end. */
export async function operate(
  changes: readonly Change[],
  sides: readonly Side[],
  world: World,
  clock: FakeClock,
  report: Report,
): Promise<void> {
  for (const change of changes) {
    await sleep(clock, Math.max(0, change.at - clock.now()))
    for (const side of sides) apply(change, side, world, report)
  }
}

function apply(change: Change, side: Side, world: World, { violate, count }: Report): void {
  for (const { change: told } of side.watching) told?.(change)
  const { router } = side
  switch (change.type) {
    case 'reload': {
      for (const name of forgottenOf(side, change.configuration)) for (const { forget } of side.watching) forget?.(name)
      reload(side, change.configuration, world, violate)
      break
    }
    case 'reject':
      checkRejected(side, change.routes as ReloadOptions['routes'], world, violate)
      break
    case 'replace':
    case 'rotate': {
      const pool = side.staff.pools.get(change.provider)
      if (pool === undefined) break
      if (change.type === 'replace') pool.replaceBy(change.pool)
      else pool.rotate(change.pool)
      count(`keys: ${change.type}`)
      break
    }
    case 'isolate':
    case 'reset':
      // A target that is gone cannot be meant any more.
      if (isKnown(side, change.name)) router[change.type](change.name)
      break
    case 'look':
      look(side, violate)
      break
  }
}

/** Targets and providers of which the router knows nothing, or nothing any more. */
function forgottenOf({ router }: Side, next: Configuration): readonly string[] {
  const targets = new Set(router.status().map(({ target }) => target))
  const providers = new Set([...targets].map(providerOf))
  const named = [...namesIn(next)].map((name) => (name.includes('/') ? name : `${routerId}/${name}`))
  return [
    ...named.filter((name) => !targets.has(name)),
    ...new Set(named.map(providerOf).filter((name) => !providers.has(name))),
  ]
}

function isKnown({ router }: Side, name: string): boolean {
  return !name.includes('/') || router.status().some(({ target }) => target === name)
}

/** What is known of a target stays with it, and by each key that stays; its limits may be others. */
function reload(side: Side, next: Configuration, world: World, violate: Violate): void {
  const { router, common, staff } = side
  const before = new Map(router.status().map((status) => [status.target, status]))
  side.configuration = next
  side.staff = createStaff(world, next.pools, staff)
  for (const [id, pool] of staff.pools) if (side.staff.pools.get(id) !== pool) pool.retire()
  router.reload({ ...common, routes: next.routes, providers: [...side.staff.providers.values()] })
  for (const after of router.status()) {
    const known = before.get(after.target)
    if (known === undefined) continue
    const provider = providerOf(after.target)
    const hasOthers = side.staff.providers.get(provider) !== staff.providers.get(provider)
    // By which keys it stands depends on those that there are.
    const isByKeys = hasOthers || known.keys !== undefined || after.keys !== undefined
    const [was, is] = [known, after].map((status) => whatStays(status, isByKeys))
    if (!isDeepStrictEqual(was, is)) violate(`a reload made ${JSON.stringify(was)} ${JSON.stringify(is)}`)
    for (const { limits: _, ...key } of after.keys ?? []) {
      // Of a target that was not looked at since, what is shown may be from before.
      const { limits: __, ...same } = known.keys?.find((one) => one.key === key.key) ?? { limits: [] }
      if ('key' in same && !isDeepStrictEqual(same, key))
        violate(`a reload made ${JSON.stringify(same)} ${JSON.stringify(key)}`)
    }
  }
}

function whatStays({ limits: _, keys: __, ...status }: TargetStatus, isByKeys: boolean): Partial<TargetStatus> {
  if (!isByKeys) return status
  const { readyInMs: _ready, pausedFor: _paused, lastFailure: _last, ...whole } = status
  return whole
}

/** A configuration that is wrong changes nothing, whatever keys it comes with. */
function checkRejected(
  { router, common, staff }: Side,
  routes: ReloadOptions['routes'],
  world: World,
  violate: Violate,
): void {
  const before = router.status()
  const others = Array.from(staff.models.keys(), (id): [string, PoolModel] => [
    id,
    { source: 'list', keys: [`${id}-rejected`], fetchMs: 0, failRate: 0 },
  ])
  const { providers } = createStaff(world, new Map(others))
  try {
    router.reload({ ...common, routes, providers: [...providers.values()] })
    violate(`a router took the routes ${JSON.stringify(routes)}`)
  } catch (error) {
    const name = error instanceof Error ? error.name : String(error)
    if (name !== 'InvalidConfigError' && name !== 'NoUsableTargetError') violate(`a reload threw ${String(error)}`)
  }
  const names = (status: typeof before): readonly string[] => status.map(({ target }) => target)
  const after = router.status()
  if (!isDeepStrictEqual(before, after))
    violate(`a rejected reload left ${names(after).join(' ')}, of ${names(before).join(' ')}`)
}

/** Whoever asks what would be done gets an answer, while requests are running. */
function look({ router, configuration }: Side, violate: Violate): void {
  for (const model of Object.keys(configuration.routes)) {
    router.explain({ model, messages: [{ role: 'user', content: 'hello' }] }).then(
      ({ stages }) => {
        const first = stages.flatMap(({ targets }) => targets).filter(({ verdict }) => verdict === 'first')
        if (first.length > 1) violate(`${model} would go to ${first.length} targets at first`)
      },
      // Reloaded in between, it may be gone.
      (error: unknown) => {
        if (!(error instanceof Error) || error.name !== 'UnknownModelError')
          violate(`explaining threw ${String(error)}`)
      },
    )
  }
}
