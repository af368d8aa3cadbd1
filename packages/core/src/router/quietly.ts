import type { Logger } from '../provider/call-options.ts'

/** A logger that throws nothing: whatever becomes of a line in a log, no request waits for it. */
export function quietly(logger: Logger): Logger {
  const at =
    (level: keyof Logger): Logger['warn'] =>
    (message, fields) => {
      try {
        logger[level](message, fields)
      } catch {
        // There is nobody left to tell.
      }
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
