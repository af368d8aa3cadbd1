import { describe, expect, it } from 'vitest'
import { EventChannel } from './event.ts'
import type { RouterEvent } from './event.ts'

const event: RouterEvent = { type: 'circuit-closed', target: 'a/m' }

describe('a listener', () => {
  it('that throws, or whose promise rejects, is reported and keeps nobody else from hearing', async () => {
    const errors: unknown[] = []
    const heard: RouterEvent[] = []
    const channel = new EventChannel((error) => errors.push(error))
    channel.subscribe(() => {
      throw new Error('at once')
    })
    channel.subscribe(() => Promise.reject(new Error('later')) as unknown as void)
    channel.subscribe((told) => heard.push(told))
    channel.emit?.(event)
    expect(heard).toEqual([event])
    await new Promise(setImmediate)
    expect(errors).toEqual([new Error('at once'), new Error('later')])
  })
})
