// Media storage in a bucket of an S3-compatible store.
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
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
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { S3Config } from '../config.js'
import { storageUnavailable } from '../errors.js'
import { connectS3, isNotFound, responseStatus } from './s3-client.js'
import { createMultipartWriter, partSize } from './s3-writer.js'
import {
  assertStorageKey,
  ObjectNotFoundError,
  RESUMABLE_FOLDER,
  type ByteRange,
  type MediaStorage,
  type StorageWriter,
  type StoredObject,
} from './storage.js'

/** Until the response to a small request starts. */
const RESPONSE_TIMEOUT_MS = 10_000
/** Consecutive attempts to resume a read that fails without delivering a byte. */
const MAX_READ_FAILURES = 3
/** Longest time that probing or packaging reads from a URL. */
const WORKER_URL_TTL_SECONDS = 6 * 3_600
/** Clients follow a redirect immediately and request a new one for each range. */
const CLIENT_URL_TTL_SECONDS = 120

/**
 * Opens media storage in a bucket.
 * @param maxObjectBytes determines the size of upload parts
 * @throws ConfigError if the bucket cannot be used
 */
export async function openS3Storage (
  config: S3Config,
  maxObjectBytes: number,
  warn: (message: string) => void,
): Promise<MediaStorage> {
  const client = await connectS3(config, warn)
  const { bucket, prefix, delivery } = config
  const partBytes = partSize(maxObjectBytes)

  function objectLocation (key: string): { Bucket: string, Key: string } {
    assertStorageKey(key)
    return { Bucket: bucket, Key: prefix + key }
  }

  async function getObject (key: string, range: ByteRange | undefined, etag?: string): Promise<GetObjectCommandOutput> {
    const command = new GetObjectCommand({
      ...objectLocation(key),
      ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }),
      ...(etag === undefined ? {} : { IfMatch: etag }),
    })
    try {
      return await withTimeout(async (abortSignal) => await client.send(command, { abortSignal }))
    } catch (error) {
      if (isNotFound(error) || responseStatus(error) === 416) throw new ObjectNotFoundError(key)
      throw storageUnavailable(error)
    }
  }

  async function stat (key: string): ReturnType<MediaStorage['stat']> {
    const command = new HeadObjectCommand(objectLocation(key))
    try {
      const { ContentLength, LastModified } = await withTimeout(async (abortSignal) =>
        await client.send(command, { abortSignal })
      )
      return { sizeBytes: ContentLength ?? 0, modifiedAt: LastModified ?? new Date(0) }
    } catch (error) {
      if (isNotFound(error)) return null
      throw storageUnavailable(error)
    }
  }

  async function create (key: string): Promise<StorageWriter> {
    return createMultipartWriter(client, objectLocation(key), partBytes)
  }

  return {
    create,
    async open (key, range) {
      if (range !== undefined && range.start > range.end) throw new ObjectNotFoundError(key)
      const first = await getObject(key, range)
      const received = responseRange(first)
      const isComplete = range === undefined
        ? received.start === 0
        : received.start === range.start && received.end === range.end
      if (!isComplete) {
        responseBody(first).destroy()
        throw new ObjectNotFoundError(key)
      }
      return resumableStream(
        responseBody(first),
        received,
        async (start) => responseBody(await getObject(key, { start, end: received.end }, first.ETag)),
      )
    },
    canOpen: async (key) => await stat(key) !== null,
    stat,
    async remove (key) {
      const command = new DeleteObjectCommand(objectLocation(key))
      await withTimeout(async (abortSignal) => await client.send(command, { abortSignal })).catch((error: unknown) => {
        if (!isNotFound(error)) throw storageUnavailable(error)
      })
    },
    async locate (key) {
      const command = new GetObjectCommand(objectLocation(key))
      if (await stat(key) === null) throw new ObjectNotFoundError(key)
      return new URL(await getSignedUrl(client, command, { expiresIn: WORKER_URL_TTL_SECONDS }))
    },
    async directUrl (key, contentType, contentDisposition) {
      const command = new GetObjectCommand({
        ...objectLocation(key),
        ResponseContentType: contentType,
        ResponseCacheControl: 'no-store',
        ...contentDisposition === undefined ? {} : { ResponseContentDisposition: contentDisposition },
      })
      return delivery === 'redirect'
        ? new URL(await getSignedUrl(client, command, { expiresIn: CLIENT_URL_TTL_SECONDS }))
        : null
    },
    async adopt (file, key) {
      const writer = await create(key)
      try {
        await pipeline(createReadStream(file), writer.stream)
        await writer.commit()
        await rm(file)
      } catch (error) {
        await writer.abort()
        if (!isFileMissing(error)) throw error
        if (await stat(key) === null) throw new ObjectNotFoundError(key)
      }
    },
    list: () => listObjects(client, bucket, prefix),
    async removeStale (olderThanMs) {
      let removed = 0
      for await (const { Key, UploadId, Initiated } of listMultipartUploads(client, bucket, prefix)) {
        const isManaged = Key?.startsWith(prefix) === true && !Key.startsWith(`${prefix}${RESUMABLE_FOLDER}/`)
        if (!isManaged || Initiated === undefined || Date.now() - Initiated.getTime() < olderThanMs) continue
        await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })).catch(
          (error: unknown) => {
            if (!isNotFound(error)) throw storageUnavailable(error)
          },
        )
        removed++
      }
      return removed
    },
  }
}

/** Aborts a request whose response does not start in time. The body has no limit. */
async function withTimeout<T> (send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort()
  }, RESPONSE_TIMEOUT_MS)
  try {
    return await send(controller.signal)
  } finally {
    clearTimeout(timer)
  }
}

function responseBody ({ Body }: GetObjectCommandOutput): Readable {
  if (!(Body instanceof Readable)) throw storageUnavailable(new Error('the response has no body'))
  // The body may fail before it is read; reading reports the failure.
  return Body.on('error', () => {})
}

/** The range that a response contains, by its headers. */
function responseRange ({ ContentRange, ContentLength = 0 }: GetObjectCommandOutput): ByteRange {
  const range = /^bytes (\d+)-(\d+)\//.exec(ContentRange ?? '')
  return range === null ? { start: 0, end: ContentLength - 1 } : { start: Number(range[1]), end: Number(range[2]) }
}

/**
 * Reads a body to its end. If the connection breaks, for example because a client paused for long, requests the rest.
 * @param reopen requests the bytes from a position to the end of the range
 */
function resumableStream (first: Readable, range: ByteRange, reopen: (start: number) => Promise<Readable>): Readable {
  let current = first
  let isClosed = false
  async function* read (): AsyncGenerator<Buffer> {
    let position = range.start
    for (let failures = 0;; failures++) {
      try {
        for await (const chunk of current as AsyncIterable<Buffer>) {
          position += chunk.length
          failures = 0
          yield chunk
        }
      } catch (error) {
        if (isClosed || failures >= MAX_READ_FAILURES) throw storageUnavailable(error)
      }
      if (position > range.end) return
      if (isClosed || failures >= MAX_READ_FAILURES) throw storageUnavailable(new Error('the body ended early'))
      current = await reopen(position)
    }
  }
  const stream = Readable.from(read(), { objectMode: false })
  stream.once('close', () => {
    isClosed = true
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

async function* listMultipartUploads (
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
