import type { Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw, type Zlib } from 'node:zlib'
import type { BodyQueue, BodySource } from './body-queue.ts'

/** Takes the bytes of a body as they come. */
export interface BodySink {
  push(chunk: Uint8Array): void
  end(): void
  fail(error: unknown, now?: boolean): void
}

type Decoder = Transform & Zlib

const sync = { flush: constants.Z_SYNC_FLUSH }

/** What unpacks a body whose first byte is given; undefined for a coding that was not asked for. */
function createDecoder(coding: string, firstByte: number): Decoder | undefined {
  if (coding === 'gzip' || coding === 'x-gzip') return createGunzip(sync)
  if (coding === 'br') return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
  // Some services send what is called deflate without its frame.
  if (coding === 'deflate') return (firstByte & 0x0f) === 0x08 ? createInflate(sync) : createInflateRaw(sync)
  return undefined
}

/**
 * A sink that unpacks what comes into `queue`, as much as there is at any time; unlike the platform's it takes a body whose
 * packing is cut for cut. `source` is where the packed bytes come from.
 */
export function decoded(
  coding: string,
  source: BodySource,
  queueOf: (source: BodySource) => BodyQueue,
): [BodySink, BodyQueue] {
  let decoder: Decoder | undefined
  /** Why no more will come, though the packing is not at its end. */
  let broken: { readonly error: unknown } | undefined
  const queue = queueOf({
    pause: () => void decoder?.pause(),
    resume: () => void decoder?.resume(),
    abort(reason) {
      decoder?.destroy()
      source.abort(reason)
    },
  })

  function start(first: Uint8Array): Decoder | undefined {
    return createDecoder(coding, first[0] ?? 0)
      ?.on('data', (chunk: Uint8Array) => queue.push(chunk))
      .on('end', () => {
        if (!broken) return queue.end()
        queue.fail(broken.error)
        decoder?.destroy()
      })
      .on('drain', () => {
        if (!broken) source.resume()
      })
      .on('error', (error) => {
        queue.fail(broken ? broken.error : new TypeError('terminated', { cause: error }))
        source.abort(error)
      })
  }

  const sink: BodySink = {
    push(chunk) {
      if (chunk.byteLength === 0) return
      decoder ??= start(chunk)
      if (decoder === undefined) queue.push(chunk)
      else if (!decoder.write(chunk)) source.pause()
    },
    end() {
      if (decoder) decoder.end()
      else queue.end()
    },
    fail(error, now) {
      if (now || decoder === undefined) {
        queue.fail(error, now)
        decoder?.destroy()
        return
      }
      broken = { error }
      const last = decoder
      // Its end without an end of the packing, which would be an error of its own and lose what waits to be read.
      last.flush((failed?: Error | null) => {
        if (!failed) last.push(null)
      })
    },
  }
  return [sink, queue]
}
