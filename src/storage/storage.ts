// Where media files live, behind one small contract: a local folder today, an object store tomorrow.
import type { Readable, Writable } from 'node:stream'

/** An object being written: nobody sees it before `commit`, and nothing is left of it after `abort`. */
export interface StorageWriter {
  readonly stream: Writable
  /**
   * Ends the stream if need be and makes everything written durable and visible at once, in place of an older object.
   * Rejects when a write has failed or after an abort; the object is then as it was before.
   */
  commit (): Promise<void>
  /** Gives up. May be called at any time and more than once; after a commit it does nothing. */
  abort (): Promise<void>
}

/** Both ends included, as in a Content-Range. */
export interface ByteSpan { readonly start: number, readonly end: number }

/** Every method rejects with InvalidStorageKeyError for a key that cannot be one. */
export interface MediaStorage {
  create (key: string): Promise<StorageWriter>
  /** Opens the whole object or a part. @throws ObjectMissingError, also when the object ends before the part does */
  open (key: string, span?: ByteSpan): Promise<Readable>
  /** Size and age; null when there is no such object. */
  stat (key: string): Promise<{ sizeBytes: number, modifiedAt: Date } | null>
  /** Removing what is not there is fine. */
  remove (key: string): Promise<void>
  /** A path on this machine for readers that need to seek. @throws ObjectMissingError */
  localPath (key: string): Promise<string>
  /** Removes what broken uploads left behind. @returns how many */
  sweep (olderThanMs: number): Promise<number>
}

export class InvalidStorageKeyError extends Error {
  constructor () {
    super('a storage key is 1 to 8 path segments of letters, digits, "-", "_" and "."')
    this.name = 'InvalidStorageKeyError'
  }
}

export class ObjectMissingError extends Error {
  constructor (key: string) {
    super(`no object ${key}`)
    this.name = 'ObjectMissingError'
  }
}

const MAX_SEGMENTS = 8
/** No dot at either end, no two in a row: neither `..` nor a hidden file nor a name that Windows would shorten. */
const SEGMENT = /^(?=.{1,128}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/

/** Keys are ours, never a client's; the check guards against the day one is not. @throws InvalidStorageKeyError */
export function assertStorageKey (key: string): void {
  const segments = key.split('/')
  if (segments.length > MAX_SEGMENTS || !segments.every((segment) => SEGMENT.test(segment))) throw new InvalidStorageKeyError()
}
