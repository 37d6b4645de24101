// A file's bytes, unpacked when it is packed with gzip, whatever its name.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export interface FileBytes {
  readonly stream: Readable
  /** Of the file as it lies there. */
  bytesRead(): number
}

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])
const READ_BYTES = 256 * 1024

export async function openBytes (file: string): Promise<FileBytes> {
  const isPacked = await beginsWith(file, GZIP_MAGIC)
  const bytes = createReadStream(file, { highWaterMark: READ_BYTES })
  return {
    stream: isPacked ? pipeline(bytes, createGunzip(), () => undefined) : bytes,
    bytesRead: () => bytes.bytesRead,
  }
}

async function beginsWith (file: string, magic: Buffer): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0)
    return buffer.equals(magic)
  } finally {
    await handle.close()
  }
}
