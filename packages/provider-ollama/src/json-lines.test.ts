import { expect, test } from 'vitest'
import { jsonLines } from './json-lines.ts'
import type { Failure } from './to-provider-error.ts'

const toError = (failure: Failure): Error => new Error(failure.type)
const { signal } = new AbortController()

function bodyOf(chunks: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      controller.close()
    },
  })
}

async function read(body: ReadableStream<Uint8Array>, longestLine?: number): Promise<object[]> {
  const options = longestLine === undefined ? { signal, toError } : { signal, toError, longestLine }
  const lines: object[] = []
  for await (const line of jsonLines(body.getReader(), options)) lines.push(line)
  return lines
}

test('blank lines and carriage returns are no lines, and nothing behind the last one counts', async () => {
  const chunks = ['\n\r\n{"a":1}\r', '\n\n', '{"done":', 'true}\n{"more":1}\nnonsense']
  expect(await read(bodyOf(chunks))).toEqual([{ a: 1 }, { done: true }])
})

test('the last line needs no end', async () => {
  expect(await read(bodyOf(['{"done":true}']))).toEqual([{ done: true }])
})

test('an endless line ends', async () => {
  const line = `{"a":"${'x'.repeat(20)}"}\n`
  await expect(read(bodyOf([line, line, '{"done":true}']), 40)).resolves.toHaveLength(3)
  await expect(read(bodyOf(['{"a":"', 'x'.repeat(20), 'x'.repeat(20)]), 40)).rejects.toThrow('malformed')
})

test('a character that is split between two pieces is whole', async () => {
  const bytes = new TextEncoder().encode('{"a":"東🌤"}\n{"done":true}\n')
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
  expect(await read(body)).toEqual([{ a: '東🌤' }, { done: true }])
})
