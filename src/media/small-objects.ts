// Stored objects that fit in memory: subtitles, thumbnails and images.
import { createHash } from 'node:crypto'
import type { MediaStorage } from '../storage/storage.js'

/**
 * Stores bytes in one write. Larger objects are streamed to a StorageWriter instead.
 * @param key storage key of a new object
 * @returns SHA-256 of the bytes, hexadecimal
 */
export async function storeSmallObject (storage: MediaStorage, key: string, bytes: Buffer): Promise<string> {
  const writer = await storage.create(key)
  writer.stream.write(bytes)
  await writer.commit()
  return sha256Hex(bytes)
}

/** SHA-256 of bytes, hexadecimal. */
export function sha256Hex (bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
