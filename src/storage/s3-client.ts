// The connection to an S3 store: bounded in time and tries, checked at the start, its errors sorted.
import { HeadBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { ConfigError, type S3Config } from '../config.js'

/** A store that does not answer within this is away. A part of an upload has to fit in. */
const REQUEST_TIMEOUT_MS = 30_000
const CONNECT_TIMEOUT_MS = 3_000
/** The first try and its repetitions. */
const MAX_ATTEMPTS = 3
/** More than the viewers that one process serves: a reader must not wait for another to finish. */
const MAX_SOCKETS = 2_000

export function s3ClientConfig (
  { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle }: S3Config,
): S3ClientConfig {
  return {
    region,
    ...(endpoint === null ? {} : { endpoint }),
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle,
    maxAttempts: MAX_ATTEMPTS,
    // Compatible stores do not all know the newer checksums; ours is the SHA-256 of the whole file.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: REQUEST_TIMEOUT_MS,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
  }
}

/** @throws ConfigError naming the variable that has to be mended */
export async function connectS3 (config: S3Config): Promise<S3Client> {
  const client = new S3Client(s3ClientConfig(config))
  try {
    await client.send(new HeadBucketCommand({ Bucket: config.bucket }), {
      abortSignal: AbortSignal.timeout(CONNECT_TIMEOUT_MS * MAX_ATTEMPTS),
    })
    return client
  } catch (error) {
    client.destroy()
    throw toConfigError(error)
  }
}

function toConfigError (error: unknown): ConfigError {
  const status = statusOf(error)
  if (status === 404) return new ConfigError('S3_BUCKET', 'names a bucket that the store does not have')
  if (status === 401 || status === 403) {
    return new ConfigError(
      'S3_ACCESS_KEY_ID',
      'and S3_SECRET_ACCESS_KEY are refused by the store, or have no right to the bucket',
    )
  }
  if (status === 301 || status === 307 || status === 400) {
    return new ConfigError('S3_REGION', `does not fit the bucket: the store answers ${status}`)
  }
  return new ConfigError(
    'S3_ENDPOINT',
    `does not answer as an S3 store: ${status === null ? reasonOf(error) : `status ${status}`}`,
  )
}

function reasonOf (error: unknown): string {
  if (!(error instanceof Error) || ['AbortError', 'TimeoutError'].includes(error.name)) return 'no answer in time'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** The HTTP status of what the store refused; null when it did not answer. */
export function statusOf (error: unknown): number | null {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  return $metadata?.httpStatusCode ?? null
}

/** Whether the store says that an object or an upload does not exist. */
export function isMissing (error: unknown): boolean {
  return error instanceof Error && ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(error.name)
}
