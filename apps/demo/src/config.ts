import { parseArgs } from 'node:util'

/** What the command line asks for. */
export type Config =
  | { readonly type: 'help' }
  /** `question` undefined: all scenes. */
  | { readonly type: 'mock'; readonly question?: string }
  /** `models` empty: the demo's own choice. */
  | { readonly type: 'live'; readonly question: string; readonly models: readonly string[] }
  /** It makes no sense, for this reason. */
  | { readonly type: 'mistake'; readonly message: string }

export const defaultQuestion = 'Why is the sky blue?'

export const help = `Watch a route survive its providers.

  npm run demo                       all scenes, against a mock of the vendors on this machine; needs no keys
  npm run demo -- "your question"    asks the mock your question
  npm run demo -- --live             asks the real providers, whichever there are keys for
  npm run demo -- --live "question"  asks them your question

Options
  --live                 use OPENAI_API_KEY, ANTHROPIC_API_KEY and a running Ollama (OLLAMA_HOST), in that order
  --model <target>       with --live: a target such as openai/gpt-5; repeat it for the next ones to try
  --help                 this text

Colours follow NO_COLOR and FORCE_COLOR. It exits with 0 when all went as told, and with 1 when not.
`

const options = {
  live: { type: 'boolean' },
  model: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const

/** Reads the arguments after `node main.ts`. */
export function parseConfig(args: readonly string[]): Config {
  // Package managers differ in whether they hand on the `--` that separates their own options.
  const own = args[0] === '--' ? args.slice(1) : [...args]
  const parsed = tryParse(own)
  if (typeof parsed === 'string') return { type: 'mistake', message: parsed }
  const { values, positionals } = parsed
  if (values.help === true) return { type: 'help' }
  const question = positionals.join(' ').trim()
  const models = values.model ?? []
  const odd = models.find((model) => !/^[^/]+\/.+$/.test(model))
  if (odd !== undefined) {
    return { type: 'mistake', message: `--model takes a target such as openai/gpt-5, not '${odd}'.` }
  }
  if (values.live === true) return { type: 'live', question: question || defaultQuestion, models }
  if (models.length > 0) return { type: 'mistake', message: '--model goes with --live.' }
  return question === '' ? { type: 'mock' } : { type: 'mock', question }
}

function tryParse(args: string[]): ReturnType<typeof parse> | string {
  try {
    return parse(args)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // Its second sentence tells how to pass a positional argument that begins with a dash.
    return error.message.split('. ')[0]?.replace(/\.?$/, '.') ?? error.message
  }
}

// oxlint-disable-next-line typescript/explicit-function-return-type
function parse(args: string[]) {
  return parseArgs({ args, options, allowPositionals: true, strict: true })
}
