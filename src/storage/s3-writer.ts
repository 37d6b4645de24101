// Writes an object to S3 as a multipart upload, which is invisible until it completes.
import { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { storageUnavailable } from '../errors.js'
import type { StorageWriter } from './storage.js'

/** S3's limit. */
const MAX_PARTS = 10_000
const MIN_PART_BYTES = 8 * 1024 ** 2
/** Parts in flight; together they are the memory that an upload uses. */
const MAX_CONCURRENT_PARTS = 3
const BUFFER_BYTES = 1024 ** 2

/** Size of parts that lets an object of the maximum size fit into S3's number of parts. */
export function partSize (maxObjectBytes: number): number {
  return Math.max(MIN_PART_BYTES, Math.ceil(maxObjectBytes / MAX_PARTS))
}

/**
 * Starts a multipart upload.
 * @param location bucket and key of the object
 */
export function createMultipartWriter (
  client: S3Client,
  location: { Bucket: string, Key: string },
  partBytes: number,
): StorageWriter {
  let state: 'open' | 'committed' | 'aborted' = 'open'
  /** Callback of a write that waits for buffer space. */
  let resumeWrite: ((error?: Error | null) => void) | null = null
  const body = new Readable({
    highWaterMark: BUFFER_BYTES,
    read () {
      const resume = resumeWrite
      resumeWrite = null
      resume?.()
    },
  })
  const stream = new Writable({
    write (chunk: Buffer, _encoding, done) {
      if (body.push(chunk)) done()
      else resumeWrite = done
    },
    // Only commit ends the body, because the end of the body completes the upload.
    final (done) {
      done()
    },
    destroy (error, done) {
      // A finished stream destroys itself; its bytes still wait for commit.
      if (error !== null || !this.writableFinished) body.destroy(error ?? new Error('the upload was aborted'))
      done(error)
    },
  })
  // Write callbacks and commit report failures; an unhandled error event would end the process.
  stream.on('error', () => {})
  body.on('error', () => {})
  // If the body fails, the library waits for the parts in flight and aborts the multipart upload.
  const upload = new Upload({
    client,
    params: { ...location, Body: body },
    partSize: partBytes,
    queueSize: MAX_CONCURRENT_PARTS,
  }).done()
  const settled = upload.catch((error: unknown) => {
    const failure = stream.errored ?? storageUnavailable(error)
    resumeWrite?.(failure)
    resumeWrite = null
    stream.destroy(failure)
  })

  async function abort (): Promise<void> {
    if (state !== 'open') return
    state = 'aborted'
    stream.destroy()
    body.destroy(new Error('the upload was aborted'))
    await settled
  }

  async function commit (): Promise<void> {
    if (state !== 'open') throw new Error(`the upload is already ${state}`)
    try {
      if (!stream.writableEnded) stream.end()
      if (stream.errored !== null) throw stream.errored
      if (!stream.writableFinished) await finished(stream)
      body.push(null)
      await upload.catch((error: unknown) => {
        throw storageUnavailable(error)
      })
      state = 'committed'
    } catch (error) {
      await abort()
      throw error
    }
  }
  return { stream, commit, abort }
}
