// A server of three stored objects and a client, for tests of the delivery over real HTTP.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import gracefulShutdown from '../../../src/plugins/graceful-shutdown.js'
import problems from '../../../src/plugins/problems.js'
import { sendObject, type ServedObject } from '../../../src/media/delivery/send-object.js'
import { openLocalStorage } from '../../../src/storage/local-storage.js'
import type { MediaStorage } from '../../../src/storage/storage.js'
import { storeObject } from '../../storage/storage-contract.js'

export const clip = readFileSync(path.join(process.cwd(), 'src/demo/clips/clip-480p-en.mp4'))
export const etag = `"${createHash('sha256').update(clip).digest('hex')}"`
export const modifiedAt = new Date('2024-05-01T12:00:00.500Z')
export const LAST_MODIFIED = 'Wed, 01 May 2024 12:00:00 GMT'

export interface FileServer {
  readonly app: FastifyInstance
  readonly storage: MediaStorage
  readonly port: number
  readonly root: string
}

/** Starts a server of three objects: `clip`, `small` with 11 bytes, and `empty`, and of additional ones. */
export async function startFileServer (
  t: Test,
  wrap: (storage: MediaStorage) => MediaStorage = (storage) => storage,
  additional: Readonly<Record<string, Buffer>> = {},
): Promise<FileServer> {
  const root = path.join(t.testdir({}), 'root')
  const storage = await openLocalStorage(root)
  const files: Record<string, Buffer> = {
    clip,
    small: Buffer.from('hello world'),
    empty: Buffer.alloc(0),
    ...additional,
  }
  for (const [key, bytes] of Object.entries(files)) await storeObject(storage, key, bytes)
  const app = Fastify()
  await app.register(gracefulShutdown)
  await app.register(problems)
  app.route<{ Params: { key: string } }>({
    method: ['GET', 'HEAD'],
    url: '/:key',
    async handler (request, reply) {
      const { key } = request.params
      const object: ServedObject = {
        key,
        sizeBytes: files[key]?.length ?? 5,
        contentType: 'video/mp4',
        etag,
        modifiedAt,
        cacheControl: 'private, max-age=60',
      }
      return await sendObject(request, reply, wrap(storage), object)
    },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(async () => {
    await app.close()
  })
  return { app, storage, port: (app.server.address() as AddressInfo).port, root }
}

export interface FileResponse {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Requests an object. */
export async function request (
  { port }: FileServer,
  key: string,
  headers: OutgoingHttpHeaders = {},
  method = 'GET',
): Promise<FileResponse> {
  const outgoing = httpRequest({ port, host: '127.0.0.1', path: `/${key}`, method, headers })
  outgoing.end()
  const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await buffer(incoming) }
}
