// The S3 client: limits on time and retries, a check at startup, and classification of errors.
import { HeadBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { ConfigError, type S3Config } from '../config.js'

/** One part of an upload must complete within this time. */
const REQUEST_TIMEOUT_MS = 30_000
const CONNECT_TIMEOUT_MS = 3_000
/** Includes the first attempt. */
const MAX_ATTEMPTS = 3
/** More than the concurrent clients of one process: a read must not wait for the socket of another. */
const MAX_SOCKETS = 2_000

/** Maps the configuration to options of the AWS SDK. */
export function s3ClientConfig (
  { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle }: S3Config,
): S3ClientConfig {
  return {
    region,
    ...(endpoint === null ? {} : { endpoint }),
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle,
    maxAttempts: MAX_ATTEMPTS,
    // Some compatible stores lack the newer checksums. The service checks the SHA-256 of the whole file.
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

/**
 * Connects to the configured bucket and checks that it is accessible. An outage of the store does not prevent a start:
 * what needs only the database works.
 * @param warn receives what the start says about an outage
 * @throws ConfigError with the variable to correct
 */
export async function connectS3 (config: S3Config, warn: (message: string) => void): Promise<S3Client> {
  const client = new S3Client(s3ClientConfig(config))
  try {
    await client.send(new HeadBucketCommand({ Bucket: config.bucket }), {
      abortSignal: AbortSignal.timeout(CONNECT_TIMEOUT_MS * MAX_ATTEMPTS),
    })
  } catch (error) {
    if (!isOutage(error)) {
      client.destroy()
      throw toConfigError(error)
    }
    warn(`the S3 store at S3_ENDPOINT does not respond (${outageReason(error)}): media is unavailable until it does`)
  }
  return client
}

/** Whether the store did not respond, or could not: the configuration may be correct. */
function isOutage (error: unknown): boolean {
  const status = responseStatus(error)
  return status === null || status >= 500
}

function toConfigError (error: unknown): ConfigError {
  const status = responseStatus(error)
  const invalid = (variable: string, rule: string): ConfigError => new ConfigError([{ variable, rule }])
  if (status === 404) return invalid('S3_BUCKET', 'names a bucket that does not exist in the store')
  if (status === 401 || status === 403) {
    const rule = 'and S3_SECRET_ACCESS_KEY are rejected by the store or lack permission for the bucket'
    return invalid('S3_ACCESS_KEY_ID', rule)
  }
  if (status === 301 || status === 307 || status === 400) {
    return invalid('S3_REGION', `does not match the bucket: the store responds with status ${status}`)
  }
  return invalid('S3_ENDPOINT', `does not respond like an S3 store: status ${status}`)
}

function outageReason (error: unknown): string {
  const status = responseStatus(error)
  if (status !== null) return `status ${status}`
  if (!(error instanceof Error) || ['AbortError', 'TimeoutError'].includes(error.name)) return 'timeout'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** HTTP status of an error response; null without a response. */
export function responseStatus (error: unknown): number | null {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  return $metadata?.httpStatusCode ?? null
}

/** Whether the store reports that an object or upload does not exist. */
export function isNotFound (error: unknown): boolean {
  return error instanceof Error && ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(error.name)
}
