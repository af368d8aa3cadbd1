import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../provider/request.ts'
import { affinityKey } from './affinity-key.ts'

const request = (fields: Partial<ChatRequest>): ChatRequest => ({ model: 'chat', messages: [], ...fields })
const user = (content: string) => ({ role: 'user', content }) as const
const system = (content: string) => ({ role: 'system', content }) as const
const answer = { role: 'assistant', content: 'Because.' } as const

describe('affinityKey', () => {
  it('is the user, the session, or how the prompt begins, which never meet', () => {
    const given = request({ user: 'ann', metadata: { session: 'ann', tenant: 'bob' }, messages: [user('ann')] })
    const keys = (['user', 'session', 'prompt'] as const).map((by) => affinityKey(given, { by }))
    expect(new Set(keys).size).toBe(3)
    expect(affinityKey(given, {})).toBe(keys[0])
    const other = request({ user: 'ann', messages: [user('else')] })
    expect(affinityKey(other, { by: 'user' })).toBe(keys[0])
    expect(affinityKey(given, { by: 'session', label: 'tenant' })).not.toBe(keys[1])
  })

  it('goes by the prompt where there is no user or session', () => {
    const given = request({ messages: [user('Why?')] })
    for (const by of ['user', 'session'] as const) {
      expect(affinityKey(given, { by })).toBe(affinityKey(given, { by: 'prompt' }))
    }
  })

  it('stays the same while a conversation goes on, and tells conversations apart', () => {
    const first = affinityKey(request({ messages: [system('Be brief.'), user('Why?')] }), { by: 'prompt' })
    const later = [system('Be brief.'), user('Why?'), answer, user('And how?')]
    expect(affinityKey(request({ messages: later }), { by: 'prompt' })).toBe(first)
    expect(affinityKey(request({ messages: [system('Be brief.'), user('How?')] }), { by: 'prompt' })).not.toBe(first)
    expect(affinityKey(request({ messages: [system('Be long.'), user('Why?')] }), { by: 'prompt' })).not.toBe(first)
    const parts = [{ type: 'text', text: 'Why?' }] as const
    const inParts = [system('Be brief.'), { role: 'user', content: parts }] as const
    expect(affinityKey(request({ messages: inParts }), { by: 'prompt' })).toBe(first)
  })

  it('does not read beyond the prefix of each message', () => {
    const key = (text: string) =>
      affinityKey(request({ messages: [system('x'.repeat(50)), user(text)] }), { by: 'prompt', prefixChars: 4 })
    expect(key('Why is it?')).toBe(key('Why does it?'))
    expect(key('Why is it?')).not.toBe(key('How is it?'))
  })
})
