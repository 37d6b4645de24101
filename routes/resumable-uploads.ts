// Uploads that can be resumed: the tus protocol (https://tus.io/protocols/resumable-upload), and what became of them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { drainBody } from '../src/http/request-body.js'
import { callerOf } from '../src/plugins/auth.js'
import { responses, Id, listSchema, NoContent, ref } from '../src/schemas/common.js'
import { toUploadView, UploadView } from '../src/schemas/uploads.js'
import type { ResumableUploads } from '../src/media/upload/resumable-uploads.js'
import type { Config } from '../src/config.js'

const UploadParams = Type.Object({ uploadId: Id })
const PATCH_TYPE = 'application/offset+octet-stream'
/** The library's own CORS headers say "everybody": ours come from the security plugin. */
const PASSED_ON = /^(?:tus-|upload-|location$|cache-control$)/

export interface ResumableUploadsRouteOptions {
  readonly uploads: ResumableUploads
  readonly config: Pick<Config, 'maxUploadBytes'>
}

const resumableUploads: FastifyPluginAsyncTypebox<ResumableUploadsRouteOptions> = async (app, { uploads, config }) => {
  // The body is the file: it is handed on as a stream, never collected, and never taken for JSON.
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(PATCH_TYPE, (_request, payload, done) => {
    done(null, payload)
  })

  async function handle (request: FastifyRequest, reply: FastifyReply, accountId: string): Promise<FastifyReply> {
    reply.header('tus-resumable', '1.0.0')
    try {
      const response = await uploads.handle(toWebRequest(request), accountId)
      for (const [name, value] of response.headers) if (PASSED_ON.test(name)) reply.header(name, value)
      return await reply.code(response.status).send()
    } catch (error) {
      drainBody(request.raw)
      throw error
    }
  }
  const handleOwn = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    await handle(request, reply, callerOf(request).accountId)

  const admin = { config: { access: 'admin' as const } }
  const withBytes = { config: { access: 'admin' as const, slowBody: true }, bodyLimit: config.maxUploadBytes }
  const tags = ['admin']

  app.options('/admin/uploads', {
    // A preflight goes on to here, and a plain OPTIONS asks what the protocol's server can do: nobody needs a token for it.
    config: { access: 'public', cors: { preflightContinue: true, strictPreflight: false } },
  }, async (request, reply) => await handle(request, reply, ''))

  app.post('/admin/uploads', {
    ...withBytes,
    schema: {
      tags,
      summary: 'Begin an upload that can be resumed',
      description:
        'The tus protocol, version 1.0.0. Upload-Length tells the size; Upload-Metadata the itemId of a movie or episode and, if need be, language, subtitles, edition, filetype and sha256. The bytes follow with PATCH to the Location. Any administrator may go on with an upload.',
      operationId: 'beginUpload',
      response: responses({ 201: Type.Null({ description: "Begun; the Location is the upload's" }) }),
    },
  }, async (request, reply) => await handleOwn(request, reply))

  app.patch('/admin/uploads/:uploadId', {
    ...withBytes,
    schema: {
      tags,
      summary: 'Send bytes of an upload, from Upload-Offset on',
      description:
        'The body is application/offset+octet-stream. A connection that breaks loses nothing that arrived: HEAD tells where to go on.',
      operationId: 'continueUpload',
      params: UploadParams,
      consumes: [PATCH_TYPE],
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => await handleOwn(request, reply))

  app.head('/admin/uploads/:uploadId', admin, async (request, reply) => await handleOwn(request, reply))

  app.delete('/admin/uploads/:uploadId', {
    ...admin,
    schema: {
      tags,
      summary: 'Give up an upload, or forget one that ended; its media file stays',
      operationId: 'deleteUpload',
      params: UploadParams,
      response: responses({ 204: NoContent }),
    },
  }, async (request, reply) => {
    const isEnded = await uploads.forget(request.params.uploadId)
    return isEnded ? await reply.code(204).send(null) : await handleOwn(request, reply)
  })

  app.get('/admin/uploads', {
    ...admin,
    exposeHeadRoute: false,
    schema: {
      tags,
      summary: 'The newest hundred uploads that can be resumed',
      operationId: 'listUploads',
      response: responses({ 200: listSchema(ref(UploadView)) }),
    },
  }, async () => ({ items: (await uploads.list()).map((upload) => toUploadView(upload)) }))

  app.get('/admin/uploads/:uploadId', {
    ...admin,
    exposeHeadRoute: false,
    schema: {
      tags,
      summary: 'How far an upload is, and what became of it',
      operationId: 'getUpload',
      params: UploadParams,
      response: responses({ 200: ref(UploadView) }),
    },
  }, async (request) => {
    const { upload, receivedBytes } = await uploads.find(request.params.uploadId)
    return toUploadView(upload, receivedBytes)
  })
}

function toWebRequest (request: FastifyRequest): Request {
  const { method, url, body } = request
  const headers = Object.entries(request.headers).flatMap(([name, value]): Array<[string, string]> =>
    typeof value === 'string' ? [[name, value]] : []
  )
  const stream = body instanceof Readable
    ? { body: Readable.toWeb(Readable.from(untilBroken(body), { objectMode: false })), duplex: 'half' }
    : {}
  return new Request(new URL(url, 'http://localhost'), { method, headers, ...stream } as RequestInit)
}

/** What arrived before a connection broke is kept: to the upload its end is the end of the request. */
async function* untilBroken (body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  } catch {
    // Nobody is there any more to be told.
  }
}

export default resumableUploads
