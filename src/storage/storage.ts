// Where media files live, behind one small contract: a local folder or an object store.
import type { Readable, Writable } from 'node:stream'

/** An object being written: nobody sees it before `commit`, and nothing is left of it after `abort`. */
export interface StorageWriter {
  readonly stream: Writable
  /**
   * Ends the stream if need be and makes everything written durable and visible at once, in place of an older object.
   * Rejects when a write has failed or after an abort; the object is then as it was before.
   */
  commit(): Promise<void>
  /** Gives up. May be called at any time and more than once; after a commit it does nothing. */
  abort(): Promise<void>
}

/** Both ends included, as in a Content-Range. */
export interface ByteSpan {
  readonly start: number
  readonly end: number
}

export interface StoredObject {
  readonly key: string
  readonly modifiedAt: Date
}

/**
 * Every method rejects with InvalidStorageKeyError for a key that cannot be one, and with DomainError 503
 * `storage-unavailable` while a store elsewhere is away.
 */
export interface MediaStorage {
  create(key: string): Promise<StorageWriter>
  /** Opens the whole object or a part. @throws ObjectMissingError, also when the object ends before the part does */
  open(key: string, span?: ByteSpan): Promise<Readable>
  /** Size and age; null when there is no such object. */
  stat(key: string): Promise<{ sizeBytes: number, modifiedAt: Date } | null>
  /** Removing what is not there is fine. */
  remove(key: string): Promise<void>
  /**
   * Where a reader that needs to seek, such as a worker thread, finds the bytes: a path on this machine, or an address to
   * ask for ranges, good for hours. @throws ObjectMissingError
   */
  locate(key: string): Promise<string | URL>
  /** An address at which a viewer may read the bytes for a short while; null when they are served by this service only. */
  directUrl(key: string, contentType: string): Promise<URL | null>
  /** Takes over a finished file of this machine, which is gone afterwards. May be repeated. @throws ObjectMissingError when neither is there */
  adopt(file: string, key: string): Promise<void>
  /** Every object there is, in no order; one that comes or goes meanwhile may be in it or not. */
  list(): AsyncIterable<StoredObject>
  /** Removes what broken uploads left behind, except below RESUMABLE_FOLDER: resumable uploads sweep their own. @returns how many */
  sweep(olderThanMs: number): Promise<number>
}

export class InvalidStorageKeyError extends Error {
  constructor () {
    super('a storage key is 1 to 8 path segments of letters, digits, "-", "_" and "."')
    this.name = 'InvalidStorageKeyError'
  }
}

export class ObjectNotFoundError extends Error {
  constructor (key: string) {
    super(`no object ${key}`)
    this.name = 'ObjectMissingError'
  }
}

/** Keys of files that came in resumable uploads begin with it. */
export const RESUMABLE_FOLDER = 'resumable'

const MAX_SEGMENTS = 8
/** No dot at either end, no two in a row: neither `..` nor a hidden file nor a name that Windows would shorten. */
const SEGMENT = /^(?=.{1,128}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/

/** Keys are ours, never a client's; the check guards against the day one is not. @throws InvalidStorageKeyError */
export function assertStorageKey (key: string): void {
  const segments = key.split('/')
  if (segments.length > MAX_SEGMENTS || !segments.every((segment) => SEGMENT.test(segment))) {
    throw new InvalidStorageKeyError()
  }
}
