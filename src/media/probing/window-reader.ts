// Reads a file forwards through a window, so that neighbouring small reads cost one request.
import type { ReadRange } from './transport-clock.js'

/** Larger than most video frames: a scan then reads the file once, in order. */
const WINDOW_BYTES = 1024 ** 2

export interface WindowReader {
  /** Returns at most `length` bytes at a position; fewer at the end of the file. Valid until the next call. */
  read(at: number, length: number): Promise<Uint8Array>
}

/** Creates a reader with one window. */
export function createWindowReader (read: ReadRange, sizeBytes: number): WindowReader {
  let start = 0
  let window: Uint8Array = new Uint8Array()
  return {
    async read (at, length) {
      const end = Math.min(at + length, sizeBytes)
      if (at < start || end > start + window.length) {
        start = at
        window = await read(at, Math.min(at + Math.max(WINDOW_BYTES, length), sizeBytes))
      }
      return window.subarray(at - start, end - start)
    },
  }
}

/** Maps items with a number of concurrent calls, in order. */
export async function mapConcurrently<Item, Value> (
  items: readonly Item[],
  concurrency: number,
  map: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = new Array(items.length)
  const entries = items.entries()
  async function work (): Promise<void> {
    for (const [i, item] of entries) values[i] = await map(item)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work))
  return values
}
