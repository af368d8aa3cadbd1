import type { Logger, Redact } from '@llmfb/core/provider'
import type { ManagedServerOptions } from '../options.ts'

/** Where the lines of a server go. */
export interface ServerLog {
  readonly onLine: (line: string, isError: boolean) => void
  /** Its model is loaded: from now on lines may hold what it is asked. */
  loaded(): void
  /** The last line from before that, without secrets; one of an error's output, where it used that. */
  lastWords(): string | undefined
}

/** Longest last words, in characters. */
const longestWords = 300

export function createServerLog(
  logger: Logger,
  redact: Redact,
  filter: NonNullable<ManagedServerOptions['log']>,
): ServerLog {
  let isLoaded = false
  let last: string | undefined
  let lastIsError = false

  function choose(line: string): string | undefined {
    if (typeof filter !== 'function') return filter === 'all' || (filter === 'loading' && !isLoaded) ? line : undefined
    try {
      return filter(line)
    } catch {
      return undefined // what the filter did not pass is not logged
    }
  }

  return {
    onLine(line, isError) {
      if (!isLoaded && (isError || !lastIsError)) {
        last = redact(line).slice(0, longestWords)
        lastIsError = isError
      }
      const chosen = choose(line)
      if (typeof chosen === 'string') logger.debug('llama-server', { line: redact(chosen) })
    },
    loaded() {
      isLoaded = true
      last = undefined
    },
    lastWords: () => last,
  }
}
