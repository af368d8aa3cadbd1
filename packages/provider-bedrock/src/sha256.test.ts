import { createHash, createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSha256 } from './sha256.ts'

const data = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array())
const secret = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.uint8Array({ minLength: 1 }))

it('hashes and signs as Node does, however often and with whichever secrets in turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.option(secret), fc.array(data)), { maxLength: 8 }), async (jobs) => {
      const Sha256 = createSha256()
      for (const [key, pieces] of [...jobs, ...jobs]) {
        const ours = key === null ? new Sha256() : new Sha256(key)
        const nodes = key === null ? createHash('sha256') : createHmac('sha256', key)
        for (const piece of pieces) {
          ours.update(piece)
          nodes.update(piece)
        }
        expect(Buffer.from(await ours.digest()).toString('hex')).toBe(nodes.digest('hex'))
      }
    }),
  )
})

it('takes a part of a buffer for what it is', async () => {
  const hash = new (createSha256())()
  hash.update(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))
  const expected = createHash('sha256')
    .update(new Uint8Array([2, 3]))
    .digest('hex')
  expect(Buffer.from(await hash.digest()).toString('hex')).toBe(expected)
})
