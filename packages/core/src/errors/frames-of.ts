/** An error that nobody expected, without its message, which may quote a conversation: its name and where it arose. */
export function framesOf(error: unknown): Error {
  const { name, stack } = error instanceof Error ? error : new TypeError('No error was thrown')
  const frames = new Error('Left out: it may quote the conversation.')
  Object.defineProperty(frames, 'name', { value: name })
  frames.stack = [name, ...(stack?.match(/^ +at .*$/gm) ?? [])].join('\n')
  return frames
}
