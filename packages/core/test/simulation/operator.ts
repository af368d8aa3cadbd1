import { isDeepStrictEqual } from 'node:util'
import type { ReloadOptions } from '../../src/router/options.ts'
import { sleep } from '../../src/runtime/sleep.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import type { Change } from './changes.ts'
import type { Configuration } from './configuration.ts'
import { namesIn } from './configuration.ts'
import type { Violate } from './invariant.ts'
import { routerId } from './invariant.ts'
import type { Side } from './side.ts'

/** Makes the changes of a scenario at their times, to every router; whoever was shut out is let in at the end. */
export async function operate(
  changes: readonly Change[],
  sides: readonly Side[],
  clock: FakeClock,
  violate: Violate,
): Promise<void> {
  for (const change of changes) {
    await sleep(clock, Math.max(0, change.at - clock.now()))
    for (const side of sides) apply(change, side, violate)
  }
}

function apply(change: Change, side: Side, violate: Violate): void {
  for (const { change: told } of side.watching) told?.(change)
  const { router, common } = side
  switch (change.type) {
    case 'reload': {
      for (const name of forgottenOf(side, change.configuration)) for (const { forget } of side.watching) forget?.(name)
      side.configuration = change.configuration
      reload(side, { ...common, routes: change.configuration.routes }, violate)
      break
    }
    case 'reject':
      checkRejected(side, { ...common, routes: change.routes as ReloadOptions['routes'] }, violate)
      break
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
  const providerOf = (target: string): string => target.slice(0, target.indexOf('/'))
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

/** What is known of a target stays with it; its limits may be others. */
function reload({ router }: Side, options: ReloadOptions, violate: Violate): void {
  const before = new Map(router.status().map((status) => [status.target, status]))
  router.reload(options)
  for (const { limits: _, ...after } of router.status()) {
    const { limits: __, ...known } = before.get(after.target) ?? { limits: undefined }
    if ('target' in known && !isDeepStrictEqual(known, after)) {
      violate(`a reload made ${JSON.stringify(known)} ${JSON.stringify(after)}`)
    }
  }
}

/** A configuration that is wrong changes nothing. */
function checkRejected({ router }: Side, options: ReloadOptions, violate: Violate): void {
  const before = router.status()
  try {
    router.reload(options)
    violate(`a router took the routes ${JSON.stringify(options.routes)}`)
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
