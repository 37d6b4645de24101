// The contract of media storage: a local folder and an S3 bucket implement it.
import type { Readable, Writable } from 'node:stream'

/** Writes one object. It is invisible before `commit`; `abort` leaves no trace of it. */
export interface StorageWriter {
  readonly stream: Writable
  /**
   * Ends the stream if necessary, then makes the object durable and visible atomically; replaces an older object.
   * Rejects after a failed write or after `abort`; an older object is then unchanged.
   */
  commit(): Promise<void>
  /** Discards the object. Safe to call at any time and repeatedly; has no effect after `commit`. */
  abort(): Promise<void>
}

/** A range of bytes; both ends are inclusive, as in Content-Range. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface OpenOptions {
  /**
   * Reads a file that was opened a second ago, for clients that read an object range by range. What another process
   * removes or replaces is noticed after that second.
   */
  readonly mayBeOpen?: boolean
}

export interface StoredObject {
  readonly key: string
  readonly modifiedAt: Date
}

/**
 * Every method rejects with InvalidStorageKeyError for an invalid key, and with DomainError 503 `storage-unavailable`
 * if a remote store does not respond.
 */
export interface MediaStorage {
  create(key: string): Promise<StorageWriter>
  /**
   * Opens an object or a range of it.
   * @throws ObjectNotFoundError, also if the object ends before the range does
   */
  open(key: string, range?: ByteRange, options?: OpenOptions): Promise<Readable>
  /** Whether an object can be opened. The answer may be a second old. */
  canOpen(key: string): Promise<boolean>
  /** Size and age of an object; null if it does not exist. */
  stat(key: string): Promise<{ sizeBytes: number, modifiedAt: Date } | null>
  /** Removes an object; has no effect if it does not exist. */
  remove(key: string): Promise<void>
  /**
   * Location for readers that seek, such as worker threads: a local path, or a URL that supports range requests and is
   * valid for hours.
   * @throws ObjectNotFoundError
   */
  locate(key: string): Promise<string | URL>
  /**
   * Short-lived URL that a client can read the object from; null if only this service serves it.
   * @param contentDisposition header of the response; undefined: none
   */
  directUrl(key: string, contentType: string, contentDisposition?: string): Promise<URL | null>
  /**
   * Moves a complete local file into storage. Can be repeated.
   * @throws ObjectNotFoundError if neither the file nor the object exists
   */
  adopt(file: string, key: string): Promise<void>
  /** Lists all objects in no particular order. Objects that change during the listing may be missing. */
  list(): AsyncIterable<StoredObject>
  /**
   * Removes what failed writes left behind, except below RESUMABLE_FOLDER: resumable uploads clean up themselves.
   * @returns the number of removed writes
   */
  removeStale(olderThanMs: number): Promise<number>
}

export class InvalidStorageKeyError extends Error {
  constructor () {
    super('a storage key has 1 to 8 path segments of letters, digits, "-", "_" and "."')
    this.name = 'InvalidStorageKeyError'
  }
}

export class ObjectNotFoundError extends Error {
  constructor (key: string) {
    super(`object not found: ${key}`)
    this.name = 'ObjectNotFoundError'
  }
}

/** First segment of the keys of resumable uploads. */
export const RESUMABLE_FOLDER = 'resumable'

const MAX_SEGMENTS = 8
/** No dot at either end and no two in a row: excludes `..`, hidden files and names that Windows would shorten. */
const SEGMENT = /^(?=.{1,128}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/

/**
 * Checks a storage key. Only the service creates keys; the check is defence in depth.
 * @throws InvalidStorageKeyError
 */
export function assertStorageKey (key: string): void {
  const segments = key.split('/')
  if (segments.length > MAX_SEGMENTS || !segments.every((segment) => SEGMENT.test(segment))) {
    throw new InvalidStorageKeyError()
  }
}
