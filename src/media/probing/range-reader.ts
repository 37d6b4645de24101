// Reading parts of a media file for whoever seeks in it: from a file of this machine, or from an address that answers
// ranges.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

export interface RangeReader {
  readonly isRemote: boolean
  sizeBytes(): Promise<number>
  /** @param end exclusive @throws Error when the file ends before, LocationAwayError */
  read(start: number, end: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** The address does not answer; that says nothing about the file. */
export class StorageUnavailableError extends Error {
  constructor () {
    super('the address of the file does not answer')
    this.name = 'LocationAwayError'
  }
}

const ANSWER_WITHIN_MS = 20_000
const MAX_ATTEMPTS = 3

/** @param sizeBytes of a remote file, as it was received */
export async function openReader (location: string | URL, sizeBytes: number): Promise<RangeReader> {
  return typeof location === 'string' ? await openFileReader(location) : openUrlReader(location, sizeBytes)
}

async function openFileReader (path: string): Promise<RangeReader> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  return {
    isRemote: false,
    sizeBytes: async () => (await handle.stat()).size,
    async read (start, end) {
      const bytes = new Uint8Array(end - start)
      for (let done = 0; done < bytes.length;) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done)
        if (bytesRead === 0) throw new Error('the file ends early')
        done += bytesRead
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

/** @returns null when the answer is not that of a range */
async function fetchRange (url: URL, start: number, end: number): Promise<Uint8Array | null> {
  const answer = await fetch(url, {
    headers: { range: `bytes=${start}-${end - 1}` },
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  })
  const isPart = answer.status === 206 ||
    (answer.status === 200 && start === 0 && Number(answer.headers.get('content-length')) === end)
  if (isPart) return new Uint8Array(await answer.arrayBuffer())
  await answer.body?.cancel()
  return null
}
