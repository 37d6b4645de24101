// An in-process S3 server: s3rver, extended by aborting and listing multipart uploads, If-Match and injected faults.
// Tests without faults use the store at NORMFLIX_TEST_S3_ENDPOINT if that is set.
import { mkdirSync, mkdtempSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import S3rver, { type Context } from '@20minutes/s3rver'
import signatures from '@20minutes/s3rver/lib/signature/v4.js'
import { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import type { S3Config } from '../../src/config.js'
import { s3ClientConfig } from '../../src/storage/s3-client.js'

/** Requests are rejected with 503, never receive a response, or their response bodies are cut off. */
export type Fault = 'reject' | 'hang' | 'cut'

export interface S3Server {
  readonly endpoint: string
  /** Environment variables that configure the service for this server. */
  readonly variables: Readonly<Record<string, string>>
  readonly requests: string[]
  fault: Fault | null
  /** Rejects all requests after the next stored object. */
  failsAfterPut: boolean
  /** Keys of objects, and of multipart uploads in progress. */
  contents(): Promise<{ objects: string[], uploads: string[] }>
}

const BUCKET = 'movies'
const ACCESS_KEY_ID = 'S3RVER'
const SECRET_ACCESS_KEY = 'S3RVER'
const CUT_AFTER_BYTES = 100_000
let prefixes = 0

// s3rver signs the path of a bucket without the trailing slash that clients send, and leaves characters of a query as
// they are that AWS requires to be encoded.
const { getStringToSign } = signatures
const encodeFully = (query: string): string =>
  query.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
signatures.getStringToSign = ({ uri, querystring, ...request }, ...rest) =>
  getStringToSign({
    ...request,
    uri: uri.replace(/^\/[^/]+$/, '$&/'),
    querystring: encodeFully(querystring),
  }, ...rest)

export function s3Config (endpoint: string, changes: Partial<S3Config> = {}): S3Config {
  return {
    endpoint,
    region: 'us-east-1',
    bucket: BUCKET,
    prefix: `test-${process.pid}-${++prefixes}/`,
    accessKeyId: ACCESS_KEY_ID,
    secretAccessKey: SECRET_ACCESS_KEY,
    forcePathStyle: true,
    delivery: 'proxy',
    ...changes,
  }
}

/** Endpoint in the environment, after creating the bucket; null without one. */
export async function configuredEndpoint (): Promise<string | null> {
  const endpoint = process.env['NORMFLIX_TEST_S3_ENDPOINT'] ?? null
  if (endpoint === null) return null
  const client = new S3Client(s3ClientConfig(s3Config(endpoint)))
  await client.send(new CreateBucketCommand({ Bucket: BUCKET })).catch(() => undefined)
  client.destroy()
  return endpoint
}

export async function startS3Server (t: Test): Promise<S3Server> {
  const directory = mkdtempSync(path.join(tmpdir(), 'normflix-s3-'))
  const s3rver = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }],
  })
  extendServer(s3rver)
  const requests: string[] = []
  let fault: Fault | null = null
  let failsAfterPut = false
  s3rver.middleware.unshift(async (context, next) => {
    requests.push(`${context.method} ${context.path}`)
    if (fault === 'hang') return await new Promise(() => {})
    if (fault === 'reject') return sendError(context, 503, 'SlowDown')
    await next()
    if (failsAfterPut && context.method === 'PUT') fault = 'reject'
    const { body } = context as unknown as { body: unknown }
    if (fault === 'cut' && context.method === 'GET' && isReadable(body)) cutOff(context, body)
  })
  const { port } = await s3rver.run()
  const endpoint = `http://127.0.0.1:${port}`
  const client = new S3Client(s3ClientConfig(s3Config(endpoint)))
  t.teardown(async () => {
    client.destroy()
    s3rver.httpServer.closeAllConnections()
    await s3rver.close()
    await rm(directory, { recursive: true, force: true })
  })
  return {
    endpoint,
    requests,
    variables: {
      STORAGE: 's3',
      S3_ENDPOINT: endpoint,
      S3_BUCKET: BUCKET,
      S3_PREFIX: 'normflix',
      S3_ACCESS_KEY_ID: ACCESS_KEY_ID,
      S3_SECRET_ACCESS_KEY: SECRET_ACCESS_KEY,
    },
    get fault () {
      return fault
    },
    set fault (value) {
      fault = value
    },
    get failsAfterPut () {
      return failsAfterPut
    },
    set failsAfterPut (value) {
      failsAfterPut = value
    },
    async contents () {
      const [{ Contents = [] }, { Uploads = [] }] = [
        await client.send(new ListObjectsV2Command({ Bucket: BUCKET })),
        await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET })),
      ]
      return { objects: Contents.map(({ Key = '' }) => Key), uploads: Uploads.map(({ Key = '' }) => Key) }
    },
  }
}

type Body = NodeJS.ReadableStream & { once(event: 'data', listener: () => void): unknown }

function isReadable (body: unknown): body is Body {
  return typeof body === 'object' && body !== null && 'pipe' in body
}

function cutOff ({ req }: Context, body: Body): void {
  let sent = 0
  body.on('data', (chunk: Buffer) => {
    sent += chunk.length
    if (sent > CUT_AFTER_BYTES) {
      setImmediate(() => {
        req.socket.destroy()
      })
    }
  })
}

function sendError (context: Context, status: number, code: string): void {
  context.status = status
  context.type = 'application/xml'
  context.body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`
}

/** s3rver stores each multipart upload in a folder: its key, its parts by number, and their MD5 hashes. */
function extendServer (s3rver: S3rver): void {
  const { store } = s3rver
  const folder = (bucket: string): string => store.getResourcePath(bucket, undefined, 'uploads')
  mkdirSync(folder(BUCKET), { recursive: true })
  const getObject = store.getObject.bind(store)
  // s3rver treats an end of 0 as missing unless it is an object. Its removal of empty folders races with new objects.
  store.getObject = async (bucket, key, options) =>
    await getObject(bucket, key, options.end === 0 ? { ...options, end: Object(0) as number } : options)
  store.deleteObject = async (bucket, key) => {
    for (const resource of ['object', 'object.md5', 'metadata.json']) {
      await rm(store.getResourcePath(bucket, key, resource), { force: true })
    }
  }

  s3rver.middleware.unshift(async (context, next) => {
    const [, bucket = '', ...segments] = context.path.split('/')
    const key = segments.map(decodeURIComponent).join('/')
    const { uploads, uploadId, prefix = '' } = context.query
    if (uploads !== undefined && context.method === 'GET') return await listUploads(context, folder(bucket), prefix)
    if (uploadId !== undefined) {
      const upload = path.join(folder(bucket), uploadId)
      if (await readFile(path.join(upload, 'key'), 'utf8').catch(() => null) !== key) {
        return sendError(context, 404, 'NoSuchUpload')
      }
      if (context.method === 'GET') return await listParts(context, upload)
      if (context.method === 'DELETE') {
        await rm(upload, { recursive: true })
        context.status = 204
        return
      }
    }
    const match = context.headers['if-match']
    if (match !== undefined && (await store.getMetadata(bucket, key).catch(() => null))?.etag !== match) {
      return sendError(context, 412, 'PreconditionFailed')
    }
    await next()
  })
}

async function listUploads (context: Context, folder: string, prefix: string): Promise<void> {
  const uploads = await Promise.all((await readdir(folder)).map(async (id) => {
    const file = path.join(folder, id, 'key')
    const key = await readFile(file, 'utf8').catch(() => null)
    if (key?.startsWith(prefix) !== true) return ''
    const initiated = (await stat(file)).mtime.toISOString()
    return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated}</Initiated></Upload>`
  }))
  sendList(context, 'ListMultipartUploadsResult', uploads)
}

async function listParts (context: Context, upload: string): Promise<void> {
  const numbers = (await readdir(upload)).filter((name) => /^\d+$/.test(name))
  const parts = await Promise.all(numbers.map(async (number) => {
    const file = path.join(upload, number)
    const md5 = await readFile(`${file}.md5`, 'utf8').catch(() => null)
    return md5 === null
      ? ''
      : `<Part><PartNumber>${number}</PartNumber><ETag>"${md5}"</ETag><Size>${(await stat(file)).size}</Size></Part>`
  }))
  sendList(context, 'ListPartsResult', parts)
}

function sendList (context: Context, element: string, items: readonly string[]): void {
  context.type = 'application/xml'
  context.body = `<?xml version="1.0"?><${element}><IsTruncated>false</IsTruncated>${items.join('')}</${element}>`
}
