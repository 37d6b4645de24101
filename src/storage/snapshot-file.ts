// Files that consist of chunks: values of the structured clone algorithm, each after its length. A file is written and
// parsed chunk by chunk, and is valid only with the checksum that was computed while it was written.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { deserialize, serialize } from 'node:v8'
import { finished } from 'node:stream/promises'
import type { MediaStorage } from './storage.js'

const LENGTH_BYTES = 4

export interface WrittenFile {
  readonly sizeBytes: number
  /** Hex. */
  readonly sha256: string
}

/** The file is not the one that was written. */
export class DamagedFileError extends Error {
  constructor (key: string) {
    super(`the file ${key} is damaged`)
    this.name = 'DamagedFileError'
  }
}

export function encodeChunk (value: unknown): Buffer {
  const body = serialize(value)
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(body.length)
  return Buffer.concat([length, body])
}

/** @param bytes a complete file */
export function* decodeChunks (bytes: Uint8Array): Generator<unknown> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < buffer.length;) {
    const start = at + LENGTH_BYTES
    at = start + buffer.readUInt32LE(at)
    // A copy: typed arrays of the chunk would hold the whole file in memory.
    yield deserialize(Uint8Array.prototype.slice.call(buffer, start, at))
  }
}

/** Writes encoded chunks. The file appears when all are written; an error leaves no trace of it. */
export async function writeChunks (
  storage: Pick<MediaStorage, 'create'>,
  key: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<WrittenFile> {
  const writer = await storage.create(key)
  const hash = createHash('sha256')
  let sizeBytes = 0
  try {
    for await (const chunk of chunks) {
      hash.update(chunk)
      sizeBytes += chunk.length
      if (!writer.stream.write(chunk)) await once(writer.stream, 'drain')
    }
    await writer.commit()
  } catch (error) {
    await writer.abort()
    throw error
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

/**
 * Reads a whole file.
 * @throws DamagedFileError, ObjectNotFoundError
 */
export async function readVerified (
  storage: Pick<MediaStorage, 'open'>,
  { key, sizeBytes, sha256 }: WrittenFile & { readonly key: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(sizeBytes)
  const hash = createHash('sha256')
  const stream = await storage.open(key)
  let at = 0
  stream.on('data', (chunk: Buffer) => {
    if (at + chunk.length <= sizeBytes) bytes.set(chunk, at)
    at += chunk.length
    hash.update(chunk)
  })
  await finished(stream)
  if (at !== sizeBytes || hash.digest('hex') !== sha256) throw new DamagedFileError(key)
  return bytes
}
