// Opens a file as a byte stream and decompresses gzip, which it detects by its magic number.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export interface FileBytes {
  readonly stream: Readable
  /** Number of bytes read from disk, before decompression. */
  bytesRead(): number
}

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])
const READ_BUFFER_BYTES = 256 * 1024

export async function openFileBytes (file: string): Promise<FileBytes> {
  const isGzip = await startsWith(file, GZIP_MAGIC)
  const bytes = createReadStream(file, { highWaterMark: READ_BUFFER_BYTES })
  return {
    stream: isGzip ? pipeline(bytes, createGunzip(), () => undefined) : bytes,
    bytesRead: () => bytes.bytesRead,
  }
}

async function startsWith (file: string, magic: Buffer): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0)
    return buffer.equals(magic)
  } finally {
    await handle.close()
  }
}
