// Reads ranges of a media file, from a local file or from a URL that supports range requests.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

export interface RangeReader {
  readonly isRemote: boolean
  sizeBytes(): Promise<number>
  /**
   * Reads a range.
   * @param end exclusive
   * @throws Error if the file ends before the range does; StorageUnavailableError
   */
  read(start: number, end: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** The URL of a file does not respond as expected. The file itself may be valid. */
export class StorageUnavailableError extends Error {
  constructor () {
    super('the URL of the media file does not respond')
    this.name = 'StorageUnavailableError'
  }
}

const RESPONSE_TIMEOUT_MS = 20_000
const MAX_ATTEMPTS = 3

/**
 * Opens a file for range reads.
 * @param sizeBytes size of a remote file, as measured during its upload
 */
export async function openRangeReader (location: string | URL, sizeBytes: number): Promise<RangeReader> {
  return typeof location === 'string' ? await openFileReader(location) : openUrlReader(location, sizeBytes)
}

async function openFileReader (path: string): Promise<RangeReader> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  return {
    isRemote: false,
    sizeBytes: async () => (await handle.stat()).size,
    async read (start, end) {
      const bytes = new Uint8Array(end - start)
      for (let position = 0; position < bytes.length;) {
        const { bytesRead } = await handle.read(bytes, position, bytes.length - position, start + position)
        if (bytesRead === 0) throw new Error('the file ends early')
        position += bytesRead
      }
      return bytes
    },
    close: async () => {
      await handle.close()
    },
  }
}

function openUrlReader (url: URL, sizeBytes: number): RangeReader {
  return {
    isRemote: true,
    sizeBytes: async () => sizeBytes,
    async read (start, end) {
      if (end > sizeBytes) throw new Error('the file ends early')
      if (start >= end) return new Uint8Array(0)
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const bytes = await fetchRange(url, start, end).catch(() => null)
        if (bytes?.length === end - start) return bytes
      }
      throw new StorageUnavailableError()
    },
    close: async () => {},
  }
}

/** @returns null if the response does not contain the range */
async function fetchRange (url: URL, start: number, end: number): Promise<Uint8Array | null> {
  const response = await fetch(url, {
    headers: { range: `bytes=${start}-${end - 1}` },
    redirect: 'error',
    signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
  })
  const hasRange = response.status === 206 ||
    (response.status === 200 && start === 0 && Number(response.headers.get('content-length')) === end)
  if (hasRange) return new Uint8Array(await response.arrayBuffer())
  await response.body?.cancel()
  return null
}
