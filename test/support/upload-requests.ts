// Sends requests of the tus protocol, for tests of resumable uploads.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Test } from 'tap'
import { containerOf, startApp, type TestApp } from './app.js'
import { addMovie, clipBytes } from './catalogue.js'
import { call, type TestResponse } from './requests.js'
import { signUpAdmin, type TestUser } from './users.js'
import { startS3Server, type S3Server } from '../storage/s3-server.js'

export const clip = clipBytes('480p-en')
export const sha256 = createHash('sha256').update(clip).digest('hex')
export const PATCH_TYPE = 'application/offset+octet-stream'
export const MAX_BYTES = 1_000_000

export interface UploadTest extends TestApp {
  readonly admin: TestUser
  readonly movie: string
  readonly port: number
  readonly server: S3Server | null
  /** Lists the stored media files and the objects of unfinished uploads. */
  contents(): Promise<{ files: string[], unfinished: string[] }>
}

/** Starts an app with one movie and an upload limit of 1 MB, on local storage or an S3 server. */
export async function startUploadTest (
  t: Test,
  kind: 'local' | 's3',
  variables: Record<string, string> = {},
): Promise<UploadTest> {
  const server = kind === 's3' ? await startS3Server(t) : null
  const test = await startApp(t, { MAX_UPLOAD_BYTES: String(MAX_BYTES), ...server?.variables, ...variables })
  const admin = await signUpAdmin(test.app)
  const movie = await addMovie(test.app, admin, {}, [])
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  const root = path.join(test.config.dataDir, 'media')
  return {
    ...test,
    admin,
    movie,
    server,
    port: (test.app.server.address() as AddressInfo).port,
    async contents () {
      if (server !== null) {
        const { objects, uploads } = await server.contents()
        return {
          files: objects.filter((key) => !/\.(info|part)$/.test(key)),
          unfinished: [...uploads, ...objects.filter((key) => /\.(info|part)$/.test(key))],
        }
      }
      const list = (folder: string): string[] => {
        if (!existsSync(folder)) return []
        const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
        return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
      }
      return {
        files: [...list(path.join(root, 'resumable')), ...list(path.join(root, String(movie)))],
        unfinished: [...list(path.join(root, '.resumable')), ...list(path.join(root, '.incoming'))],
      }
    },
  }
}

/** Encodes the Upload-Metadata header. */
export const encodeMetadata = (metadata: Record<string, string>): string =>
  Object.entries(metadata).map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`).join(',')

/** Creates an upload and returns the response. */
export async function createUpload (
  { app, admin, movie }: UploadTest,
  options: { sizeBytes?: number, metadata?: Record<string, string>, headers?: Record<string, string>, token?: string } =
    {},
): Promise<TestResponse> {
  const { sizeBytes = clip.length, metadata = {}, headers = {}, token = admin.token } = options
  return await call(app, 'POST', '/v1/admin/uploads', {
    token,
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': String(sizeBytes),
      'upload-metadata': encodeMetadata({ itemId: movie, ...metadata }),
      ...headers,
    },
  })
}

/** Sends bytes at an offset. */
export async function patchUpload (
  { app, admin }: UploadTest,
  url: string,
  offset: number,
  body: Buffer,
  token = admin.token,
): Promise<TestResponse> {
  return await call(app, 'PATCH', url, {
    token,
    body,
    headers: { 'tus-resumable': '1.0.0', 'upload-offset': String(offset), 'content-type': PATCH_TYPE },
  })
}

export async function headUpload ({ app, admin }: UploadTest, url: string): Promise<TestResponse> {
  return await call(app, 'HEAD', url, { token: admin.token, headers: { 'tus-resumable': '1.0.0' } })
}

export async function readOffset (test: UploadTest, url: string): Promise<number> {
  return Number((await headUpload(test, url)).headers['upload-offset'])
}

/** Waits for the processing and returns the upload. */
export async function readResult ({ app, admin }: UploadTest, url: string): Promise<any> {
  await containerOf(app).uploads.onIdle()
  return (await admin.get(url)).body
}
