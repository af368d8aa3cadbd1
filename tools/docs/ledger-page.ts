import type { RouterEvent } from '../../packages/core/src/engine/event.ts'
import type { GiveUpReason } from '../../packages/core/src/errors/route-failed-error.ts'
import type { Attempt, Exclusion } from '../../packages/core/src/provider/ledger.ts'
import { generated, named, table } from './table.ts'

// The types hold these lists to the code: what is missing here, or too much, does not compile.

const attemptReasons: Readonly<Record<Attempt['reason'], string>> = {
  first: "the request's first call",
  retry: 'the same target again, after backoff, since nobody else of its stage was ready',
  'next-key': 'the same target by another key of its provider, since the last one was throttled, used up or refused',
  'next-target': 'the next target of the same stage',
  'next-stage': 'the first target of a later stage',
  waited: 'a pause, a limit or a load was waited for, since nobody else was left',
  forced: 'every circuit was open, or ramping up, and this one was due first',
  hedge: 'beside a call that was slow to show content',
  continue: 'goes on with the text of a stream that broke',
  restart: 'begins a stream that broke anew',
}

const outcomes: Readonly<Record<Attempt['outcome'], string>> = {
  success: 'it answered',
  failure: 'it failed; `kind` says how',
  aborted: 'the caller left, or the router was disposed of',
  outraced: 'a call beside it answered first, and this one was aborted',
}

const exclusionReasons: Readonly<Record<Exclusion['reason'], string>> = {
  unavailable: 'its provider cannot be used: a variable is not set, a tier not admitted',
  'not-capable': 'it cannot do what is asked: a parameter, tools, pictures, a format, streams, going on with an answer',
  'window-too-small': 'the prompt, as estimated, and `maxTokens` do not fit its context window',
  'window-not-larger': 'the prompt was too long for another target, and its window is no larger, or of unknown size',
  'vector-space': 'its embeddings cannot be compared with those of the route',
  paused: 'it is left alone for a while: a rate limit, a model that is not there or still being loaded',
  'account-paused': "its provider's account is left alone for a while: quota, credentials",
  'circuit-open': 'its circuit, or that of its provider, is open, being tested by others, or coming back slowly',
  isolated: 'it, or its provider, was shut out by `router.isolate()`',
  limit: 'a limit is used up, one that is set or one that its service told of',
  'cost-limit': "the call might bring the request above the route's `maxCostUsd`",
  'attempt-limit': 'the calls that are left are kept for later stages',
  'retry-budget': 'it may be called, but not once more: its share of retries is used up',
}

const giveUpReasons: Readonly<Record<GiveUpReason, string>> = {
  exhausted: 'every target was tried or passed over',
  final: 'the failure is one that no other target would mend, such as an invalid request',
  deadline: '`deadlineMs` passed',
  'attempt-limit': '`maxAttempts` calls were made',
}

const events: Readonly<Record<RouterEvent['type'], string>> = {
  'target-unavailable': 'at start and after a reload: a target of a route cannot be used, and why',
  'attempts-multiply': 'at start and after a reload: a route within a route may make many calls of one request',
  'request-started': 'a request came; `request` numbers the requests of one router, from 1',
  'target-excluded': 'a target was passed over; `exclusion` is the line of the ledger',
  'retry-scheduled': 'a wait begins, before the same target is called again or for one that is left alone',
  'attempt-started': 'a call goes out',
  'stream-committed': 'the first content of a stream arrived',
  'attempt-succeeded': '`attempt` is the line of the ledger, here and in the next three',
  'attempt-failed': 'a call failed',
  'attempt-aborted': 'a call was ended since the caller left',
  'attempt-outraced': 'a call was ended since another one answered first',
  'circuit-opened': 'for `openMs`; `target` is the id of a provider where the circuit is that of its endpoint',
  'circuit-half-opened': 'a few calls may test the target',
  'circuit-closed': 'calls are let through again',
  'circuit-isolated': 'by hand',
  reloaded: '`generation` counts the configurations of a router, from 1',
  'reload-rejected': 'the new configuration was wrong, and the old one stays',
  'request-succeeded': 'with `latencyMs`, as the next two',
  'request-failed': 'with the `kind` that tells most',
  'request-aborted': 'the caller left',
}

/** What stands in ledgers, and what is told to those who listen. */
export function ledgerPage(): string {
  return [
    '# The ledger and the events\n',
    generated,
    'An answer, a `finish` event and a `RouteFailedError` have the ledger of their request: `attempts`, every call in order, and',
    '`exclusions`, every target that was passed over. Neither holds content or keys.\n',
    '## Why a call was made\n',
    table(['`reason`', 'meaning'], named(attemptReasons)),
    '## How it ended\n',
    table(['`outcome`', 'meaning'], named(outcomes)),
    '## Why a target was passed over\n',
    '`detail` says what exactly, in words; `readyInMs` after which time it may be called, where one is known; `afterAttempt` when',
    'in the request it was.\n',
    table(['`reason`', 'meaning'], named(exclusionReasons)),
    '## Why a request was given up\n',
    'The `reason` of a `RouteFailedError`; its `kind` is that of the failure that tells most ([errors](errors.md)).\n',
    table(['`reason`', 'meaning'], named(giveUpReasons)),
    '## Events\n',
    'What `onEvent` is told. Nothing is made while nobody listens.\n',
    table(['`type`', 'meaning'], named(events)),
  ].join('\n')
}
