// Media files in a bucket of any S3-compatible store. Uploads are multipart uploads, visible when they are completed.
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type GetObjectCommandOutput,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { S3Config } from '../config.js'
import { storageUnavailable } from '../errors.js'
import { connectS3, isMissing, statusOf } from './s3-client.js'
import {
  assertStorageKey,
  ObjectNotFoundError,
  RESUMABLE_FOLDER,
  type ByteSpan,
  type MediaStorage,
  type StorageWriter,
  type StoredObject,
} from './storage.js'

/** A store that has not begun to answer a small request by then is away, and the client is told. */
const ANSWER_WITHIN_MS = 10_000
/** How often a read that breaks is taken up again where it stopped, without a byte in between. */
const MAX_BROKEN_READS = 3
/** S3's bound on the parts of an upload. */
const MAX_PARTS = 10_000
const MIN_PART_BYTES = 8 * 1024 ** 2
/** Parts under way at once: they are what an upload holds in memory. */
const PARTS_AT_ONCE = 3
/** Probing and packaging read for so long at most. */
const WORKER_URL_SECONDS = 6 * 3_600
/** A redirect is followed at once, and ranges ask for a new one. */
const VIEWER_URL_SECONDS = 120

/** @param maxObjectBytes decides how large the parts of an upload are */
export async function openS3Storage (config: S3Config, maxObjectBytes: number): Promise<MediaStorage> {
  const client = await connectS3(config)
  const { bucket, prefix, delivery } = config
  const partBytes = Math.max(MIN_PART_BYTES, Math.ceil(maxObjectBytes / MAX_PARTS))

  function placeOf (key: string): { Bucket: string, Key: string } {
    assertStorageKey(key)
    return { Bucket: bucket, Key: prefix + key }
  }

  async function getPart (key: string, span: ByteSpan | undefined, etag?: string): Promise<GetObjectCommandOutput> {
    const range = span === undefined ? {} : { Range: `bytes=${span.start}-${span.end}` }
    const command = new GetObjectCommand({
      ...placeOf(key),
      ...range,
      ...(etag === undefined ? {} : { IfMatch: etag }),
    })
    try {
      return await answered(async (abortSignal) => await client.send(command, { abortSignal }))
    } catch (error) {
      if (isMissing(error) || statusOf(error) === 416) throw new ObjectNotFoundError(key)
      throw storageUnavailable(error)
    }
  }

  async function describe (key: string): ReturnType<MediaStorage['stat']> {
    const command = new HeadObjectCommand(placeOf(key))
    try {
      const { ContentLength, LastModified } = await answered(async (abortSignal) =>
        await client.send(command, { abortSignal })
      )
      return { sizeBytes: ContentLength ?? 0, modifiedAt: LastModified ?? new Date(0) }
    } catch (error) {
      if (isMissing(error)) return null
      throw storageUnavailable(error)
    }
  }

  async function create (key: string): Promise<StorageWriter> {
    return writeParts(client, placeOf(key), partBytes)
  }

  return {
    create,
    async open (key, span) {
      if (span !== undefined && span.start > span.end) throw new ObjectNotFoundError(key)
      const first = await getPart(key, span)
      const sent = sentSpan(first)
      const isAsked = span === undefined ? sent.start === 0 : sent.start === span.start && sent.end === span.end
      if (!isAsked) {
        bodyOf(first).destroy()
        throw new ObjectNotFoundError(key)
      }
      return readOn(
        bodyOf(first),
        sent,
        async (start) => bodyOf(await getPart(key, { start, end: sent.end }, first.ETag)),
      )
    },
    stat: describe,
    async remove (key) {
      const command = new DeleteObjectCommand(placeOf(key))
      await answered(async (abortSignal) => await client.send(command, { abortSignal })).catch((error: unknown) => {
        if (!isMissing(error)) throw storageUnavailable(error)
      })
    },
    async locate (key) {
      const command = new GetObjectCommand(placeOf(key))
      if (await describe(key) === null) throw new ObjectNotFoundError(key)
      return new URL(await getSignedUrl(client, command, { expiresIn: WORKER_URL_SECONDS }))
    },
    async directUrl (key, contentType) {
      const command = new GetObjectCommand({
        ...placeOf(key),
        ResponseContentType: contentType,
        ResponseCacheControl: 'no-store',
      })
      return delivery === 'redirect'
        ? new URL(await getSignedUrl(client, command, { expiresIn: VIEWER_URL_SECONDS }))
        : null
    },
    async adopt (file, key) {
      placeOf(key)
      const writer = await create(key)
      try {
        await pipeline(createReadStream(file), writer.stream)
        await writer.commit()
        await rm(file)
      } catch (error) {
        await writer.abort()
        if (!isFileMissing(error)) throw error
        if (await describe(key) === null) throw new ObjectNotFoundError(key)
      }
    },
    list: () => listObjects(client, bucket, prefix),
    async sweep (olderThanMs) {
      let removed = 0
      for await (const { Key, UploadId, Initiated } of multipartUploads(client, bucket, prefix)) {
        const isOurs = Key?.startsWith(prefix) === true && !Key.startsWith(`${prefix}${RESUMABLE_FOLDER}/`)
        if (!isOurs || Initiated === undefined || Date.now() - Initiated.getTime() < olderThanMs) continue
        await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })).catch(
          (error: unknown) => {
            if (!isMissing(error)) throw storageUnavailable(error)
          },
        )
        removed++
      }
      return removed
    },
  }
}

/** Gives a request up when its answer does not begin in time; the body may take as long as it needs. */
async function answered<T> (send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const timer = setTimeout(() => {
    stop.abort()
  }, ANSWER_WITHIN_MS)
  try {
    return await send(stop.signal)
  } finally {
    clearTimeout(timer)
  }
}

function writeParts (client: S3Client, place: { Bucket: string, Key: string }, partBytes: number): StorageWriter {
  let state: 'open' | 'committed' | 'aborted' = 'open'
  /** A write that waits until the parts before it are under way. */
  let waiting: ((error?: Error | null) => void) | null = null
  const body = new Readable({
    highWaterMark: 1024 ** 2,
    read () {
      const go = waiting
      waiting = null
      go?.()
    },
  })
  const stream = new Writable({
    write (chunk: Buffer, _encoding, done) {
      if (body.push(chunk)) done()
      else waiting = done
    },
    // The end of the body completes the upload: it is for commit to say.
    final (done) {
      done()
    },
    destroy (error, done) {
      // A stream destroys itself when it has finished: what it took still waits for the commit.
      if (error !== null || !this.writableFinished) body.destroy(error ?? new Error('the upload was given up'))
      done(error)
    },
  })
  // Failures reach the writer through its callbacks and through commit; an event without a listener would end the process.
  stream.on('error', () => {})
  body.on('error', () => {})
  // A body that breaks makes the library wait for the parts under way and abort the multipart upload.
  const upload = new Upload({ client, params: { ...place, Body: body }, partSize: partBytes, queueSize: PARTS_AT_ONCE })
    .done()
  const settled = upload.catch((error: unknown) => {
    const failure = stream.errored ?? storageUnavailable(error)
    waiting?.(failure)
    waiting = null
    stream.destroy(failure)
  })

  async function abort (): Promise<void> {
    if (state !== 'open') return
    state = 'aborted'
    stream.destroy()
    body.destroy(new Error('the upload was given up'))
    await settled
  }

  async function commit (): Promise<void> {
    if (state !== 'open') throw new Error(`the upload was ${state} before`)
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

function bodyOf ({ Body }: GetObjectCommandOutput): Readable {
  if (!(Body instanceof Readable)) throw storageUnavailable(new Error('an answer without a body'))
  // It may break before or after it is read; reading tells.
  return Body.on('error', () => {})
}

/** Which bytes an answer holds, by what it says itself. */
function sentSpan ({ ContentRange, ContentLength = 0 }: GetObjectCommandOutput): ByteSpan {
  const range = /^bytes (\d+)-(\d+)\//.exec(ContentRange ?? '')
  return range === null ? { start: 0, end: ContentLength - 1 } : { start: Number(range[1]), end: Number(range[2]) }
}

/** Reads a body to its end; one that breaks, as it does when a viewer pauses for long, is asked for again from there. */
function readOn (first: Readable, span: ByteSpan, reopen: (start: number) => Promise<Readable>): Readable {
  let current = first
  let isLeft = false
  async function* read (): AsyncGenerator<Buffer> {
    let at = span.start
    for (let broken = 0;; broken++) {
      try {
        for await (const chunk of current as AsyncIterable<Buffer>) {
          at += chunk.length
          broken = 0
          yield chunk
        }
      } catch (error) {
        if (isLeft || broken >= MAX_BROKEN_READS) throw storageUnavailable(error)
      }
      if (at > span.end) return
      if (isLeft || broken >= MAX_BROKEN_READS) throw storageUnavailable(new Error('the body ended early'))
      current = await reopen(at)
    }
  }
  const stream = Readable.from(read(), { objectMode: false })
  stream.once('close', () => {
    isLeft = true
    current.destroy()
  })
  return stream
}

async function* listObjects (client: S3Client, bucket: string, prefix: string): AsyncGenerator<StoredObject> {
  let marker = {}
  for (;;) {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...marker })).catch(
      (error: unknown) => {
        throw storageUnavailable(error)
      },
    )
    for (const { Key, LastModified } of page.Contents ?? []) {
      if (Key?.startsWith(prefix) === true) {
        yield { key: Key.slice(prefix.length), modifiedAt: LastModified ?? new Date(0) }
      }
    }
    if (page.IsTruncated !== true) return
    marker = { ContinuationToken: page.NextContinuationToken }
  }
}

async function* multipartUploads (
  client: S3Client,
  bucket: string,
  prefix: string,
): AsyncGenerator<NonNullable<ListMultipartUploadsCommandOutput['Uploads']>[number]> {
  let markers = {}
  for (;;) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...markers }))
      .catch((error: unknown) => {
        throw storageUnavailable(error)
      })
    yield* page.Uploads ?? []
    if (page.IsTruncated !== true) return
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
  }
}

function isFileMissing (error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
