import type { ChatRequest } from '../../packages/core/src/provider/request.ts'
import type { Provider } from '../../packages/core/src/provider/provider.ts'
import type { ProviderPlugin } from '../../packages/core/src/provider/plugin.ts'
import { createFakeClock } from '../../packages/core/src/testing/fake-clock.ts'

/** JSON as it went out. */
type Body = Readonly<Record<string, unknown>>

/** A provider without a service. */
export interface Listener {
  readonly provider: Provider
  /** What goes out for a request; undefined where nothing does. */
  readonly bodyOf: (request: ChatRequest) => Promise<Body | undefined>
}

const silent = (): void => {}

/** The provider that `plug` makes, whose calls end in a refusal, after what they send was noted. */
export async function listenTo(plug: (send: typeof fetch) => ProviderPlugin): Promise<Listener> {
  let sent: Body | undefined
  const plugin = plug(async (input, init) => {
    const text = await new Response(input instanceof Request ? input.body : (init?.body ?? null)).text()
    // Some ask for other things first, such as what the model can do.
    if (text.includes('"messages"') || text.includes('"input"') || text.includes('"contents"')) {
      sent = JSON.parse(text) as Body
    }
    return Response.json({ error: { message: 'Nobody is here.' } }, { status: 400 })
  })
  const provider = await plugin.create({
    id: plugin.manifest.id,
    credentials: {},
    clock: createFakeClock(),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  return {
    provider,
    async bodyOf(request) {
      sent = undefined
      await provider.chat(request).catch(silent)
      return sent
    },
  }
}
