import { Pause } from '../health/pause.ts'
import type { Refusal } from './refusal.ts'
import type { Run } from './run.ts'
import type { Target, TargetState } from './target.ts'

/** Why a target cannot be called now by a key; undefined where it can. */
type FindRefusal = (target: Target) => Refusal | undefined

/** What keeps the first key that will be ready from being used, if something keeps each of them. */
export function findRefusalOfAll(byKey: readonly Target[], findRefusal: FindRefusal): Refusal | undefined {
  let first: Refusal | undefined
  for (const target of byKey) {
    const refusal = findRefusal(target)
    if (refusal === undefined) return undefined
    if (first === undefined || (refusal.until ?? Infinity) < (first.until ?? Infinity)) first = refusal
  }
  if (first === undefined || byKey.length === 1) return first
  return { ...first, detail: `none of its ${byKey.length} keys can be used; of the first to be ready: ${first.detail}` }
}

/** The target by the key whose turn it is, of those that can be used. */
export function chooseKey(run: Run, byKey: readonly Target[], findRefusal: FindRefusal): Target | undefined {
  const { turn } = (byKey[0] as Target).state
  for (let tried = 0; tried < byKey.length; tried++) {
    const target = byKey[turn.next++ % byKey.length] as Target
    if (run.turnedAway.includes(target.state) || findRefusal(target) !== undefined) continue
    return target
  }
  return undefined
}

/** There may be other keys by now, where one was refused. Asked for at most once a second. */
export function lookForKeys({ source, state, byKey = [] }: Target, now: number): void {
  const { keys } = source
  if (keys === undefined || now < source.askAgainAt) return
  const states = [state, ...byKey.map((target) => target.state)]
  if (!states.some(({ account }) => account.until > now)) return
  source.askAgainAt = now + 1000
  const { version } = keys
  const lift = (): void => {
    // A token that is another one is not left alone for what was wrong with the last.
    if (keys.version !== version && state.account.reason === 'authentication') state.account.end()
  }
  Promise.resolve()
    .then(() => keys.refresh())
    .then(lift, () => undefined)
}

/** Keys beyond those of now of which something is remembered: they may come back, or their calls be under way. */
const rememberedKeys = 16

/** What is known of a target by these keys; of a key that is new nothing. */
export function keyedStates(
  whole: TargetState,
  accounts: Map<string, Pause>,
  fingerprints: readonly string[],
  isReplaced: boolean,
): readonly TargetState[] {
  if (!isReplaced) whole.fingerprints = fingerprints
  const { circuit, endpoint, health, retryBudget, limiter, turn, pause: service } = whole
  // Whoever waits for room waits for any of them.
  const queue = (whole.queue ??= new Set())
  const byKey = (whole.byKey ??= new Map<string, TargetState>())
  const isFirst = byKey.size === 0
  return fingerprints.map((key, at) => {
    const account = accounts.get(key) ?? new Pause()
    const shared = { circuit, endpoint, health, retryBudget, turn, service, queue, account }
    // Calls by no key that was named went out by the first, so that its limits have counted them.
    const own = limiter && { limiter: isFirst && at === 0 ? limiter : limiter.fork() }
    const known = byKey.get(key)
    // Another target of the provider may have forgotten it, and met it again.
    const isKnown = known?.account === account
    const state: TargetState = isKnown ? known : { ...shared, pause: new Pause(), ...own, keyed: () => [] }
    if (isReplaced) return state
    remember(accounts, key, account, fingerprints)
    remember(byKey, key, state, fingerprints)
    return state
  })
}

/** The oldest that is none of the present ones is forgotten first. */
function remember<Value>(known: Map<string, Value>, key: string, value: Value, present: readonly string[]): void {
  known.delete(key)
  known.set(key, value)
  if (known.size <= present.length + rememberedKeys) return
  for (const old of known.keys()) if (!present.includes(old)) return void known.delete(old)
}
