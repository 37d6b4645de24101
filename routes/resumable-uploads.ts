// Resumable uploads of media files: the tus protocol (https://tus.io/protocols/resumable-upload), and their state.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { Type, type Static } from 'typebox'
import type { Config } from '../src/config.js'
import { drainBody } from '../src/http/request-body.js'
import type { ResumableUploads } from '../src/media/upload/resumable-uploads.js'
import { versionMismatch } from '../src/media/upload/tus-errors.js'
import { callerOf } from '../src/plugins/caller.js'
import { Id, listSchema, NoContent, ref, responses } from '../src/schemas/common.js'
import { TUS_HEAD_HEADERS, TUS_HEADERS, withHeaders } from '../src/schemas/response-headers.js'
import { Upload } from '../src/schemas/uploads.js'
import { toUpload } from '../src/views/uploads.js'

const UploadParams = Type.Object({ uploadId: Id })
const OFFSET_TYPE = 'application/offset+octet-stream'
const TUS_VERSION = '1.0.0'
const TusHeaders = Type.Object({
  'tus-resumable': Type.String({
    pattern: '^1\\.0\\.0$',
    description: 'Version of the tus protocol',
    examples: [TUS_VERSION],
  }),
})
const PatchHeaders = Type.Object({
  ...TusHeaders.properties,
  'upload-offset': Type.String({
    pattern: '^[0-9]{1,15}$',
    description: 'Received bytes, as HEAD returns them',
    examples: ['0'],
  }),
})
const CreationHeaders = Type.Object({
  ...TusHeaders.properties,
  'upload-concat': Type.Optional(
    Type.String({
      description: '`partial`, or `final;` and the URLs of complete partial uploads, separated by spaces',
      examples: ['partial'],
    }),
  ),
})
const OverrideHeaders = Type.Object({
  ...TusHeaders.properties,
  'x-http-method-override': Type.String({
    pattern: '^(?:PATCH|HEAD|DELETE|patch|head|delete)$',
    description: 'PATCH, HEAD or DELETE',
    examples: ['PATCH'],
  }),
})
/** Headers of the tus library that are sent on. Its CORS headers allow all origins; the security plugin sets ours. */
const FORWARDED_HEADERS = /^(?:tus-|upload-|location$|cache-control$)/

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Requires the version of the tus protocol. */
    tus?: boolean
  }
}

export interface ResumableUploadsRouteOptions {
  readonly uploads: ResumableUploads
  readonly config: Pick<Config, 'maxUploadBytes'>
}

const resumableUploads: FastifyPluginAsyncTypebox<ResumableUploadsRouteOptions> = async (app, { uploads, config }) => {
  // The body is the file: it is streamed, never buffered, and never parsed as JSON.
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(OFFSET_TYPE, (_request, payload, done) => {
    done(null, payload)
  })

  // Before the body is read. A record of a completed upload is deleted without the protocol.
  app.addHook('onRequest', async (request) => {
    const { 'tus-resumable': version } = request.headers
    const isProtocolOptional = request.method === 'DELETE' && version === undefined
    if (request.routeOptions.config.tus === true && version !== TUS_VERSION && !isProtocolOptional) {
      throw versionMismatch()
    }
  })

  async function handleTus (
    request: FastifyRequest,
    reply: FastifyReply,
    accountId: string,
    method = request.method,
  ): Promise<FastifyReply> {
    reply.header('tus-resumable', TUS_VERSION)
    try {
      const response = await uploads.handle(toWebRequest(request, method), accountId)
      for (const [name, value] of response.headers) if (FORWARDED_HEADERS.test(name)) reply.header(name, value)
      return await reply.code(response.status).send()
    } catch (error) {
      drainBody(request.raw)
      throw error
    }
  }
  const handleAdminTus = async (
    request: FastifyRequest,
    reply: FastifyReply,
    method = request.method,
  ): Promise<FastifyReply> => await handleTus(request, reply, callerOf(request).accountId, method)

  async function deleteUpload (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { uploadId } = request.params as Static<typeof UploadParams>
    const isDeleted = await uploads.deleteRecord(uploadId)
    return isDeleted ? await reply.code(204).send(null) : await handleAdminTus(request, reply, 'DELETE')
  }

  app.options('/admin/uploads', {
    // Public: browsers send preflight requests, and clients query the capabilities, without a token.
    config: { access: 'public', cors: { preflightContinue: true, strictPreflight: false } },
  }, async (request, reply) => await handleTus(request, reply, ''))

  app.post('/admin/uploads', {
    config: { access: 'editor', scope: 'ingest', slowBody: true, tus: true },
    bodyLimit: config.maxUploadBytes,
    schema: {
      tags: ['Admin: uploads'],
      summary: 'Start a resumable upload',
      description: 'tus protocol, version 1.0.0. Upload-Length is the size, or `Upload-Defer-Length: 1` announces it ' +
        'later, with a PATCH; Upload-Metadata has the itemId of a movie or an episode and optionally ' +
        'filename, language, subtitles, edition, filetype, sha256 and role: `master` for a file that is encoded, in ' +
        'any format that ffmpeg reads. Send the bytes with PATCH to the Location. Any administrator can continue an ' +
        'upload. `Upload-Concat: partial` starts an upload that ' +
        'becomes a part of another, and needs no metadata. `Upload-Concat: final;` with the URLs of complete ' +
        'parts of the same account creates the upload of the whole file, without Upload-Length; the parts are ' +
        'removed.',
      operationId: 'beginUpload',
      headers: CreationHeaders,
      response: responses({
        201: withHeaders(
          Type.Null({ description: 'Started; Location is the URL of the upload' }),
          'Location',
          'Upload-Concat',
          ...TUS_HEADERS,
        ),
      }),
    },
  }, async (request, reply) => await handleAdminTus(request, reply))

  app.patch('/admin/uploads/:uploadId', {
    config: { access: 'editor', scope: 'ingest', slowBody: true, tus: true },
    bodyLimit: config.maxUploadBytes,
    schema: {
      tags: ['Admin: uploads'],
      summary: 'Send bytes of an upload from Upload-Offset',
      description:
        `The body is ${OFFSET_TYPE}. Received bytes are stored when the connection breaks; HEAD returns the ` +
        'offset to continue from.',
      operationId: 'continueUpload',
      params: UploadParams,
      headers: PatchHeaders,
      consumes: [OFFSET_TYPE],
      response: responses({ 204: withHeaders(NoContent, ...TUS_HEADERS) }),
    },
  }, async (request, reply) => await handleAdminTus(request, reply))

  app.head(
    '/admin/uploads/:uploadId',
    {
      config: { access: 'editor', scope: 'ingest', tus: true, swagger: { exposeHeadRoute: true } },
      schema: {
        tags: ['Admin: uploads'],
        summary: 'Get the offset of an upload',
        description: '`Upload-Offset` is the number of received bytes: continue from there.',
        operationId: 'getUploadOffset',
        params: UploadParams,
        headers: TusHeaders,
        response: responses({ 200: withHeaders(Type.Null({ description: 'No body' }), ...TUS_HEAD_HEADERS) }),
      },
    },
    async (request, reply) => await handleAdminTus(request, reply),
  )

  app.post('/admin/uploads/:uploadId', {
    config: { access: 'editor', scope: 'ingest', slowBody: true, tus: true },
    bodyLimit: config.maxUploadBytes,
    schema: {
      tags: ['Admin: uploads'],
      summary: 'Continue, query or cancel an upload where a network allows only POST',
      description:
        '`X-HTTP-Method-Override` names the method of the tus protocol, which works as with that method: PATCH ' +
        'sends bytes, HEAD returns the offset, DELETE cancels.',
      operationId: 'overrideUploadMethod',
      params: UploadParams,
      headers: OverrideHeaders,
      consumes: [OFFSET_TYPE],
      response: responses({
        200: withHeaders(Type.Null({ description: 'Headers of HEAD' }), ...TUS_HEAD_HEADERS),
        204: withHeaders(NoContent, ...TUS_HEADERS),
      }),
    },
  }, async (request, reply) => {
    const method = request.headers['x-http-method-override'].toUpperCase()
    return method === 'DELETE' ? await deleteUpload(request, reply) : await handleAdminTus(request, reply, method)
  })

  app.delete('/admin/uploads/:uploadId', {
    config: { access: 'editor', scope: 'ingest', tus: true },
    schema: {
      tags: ['Admin: uploads'],
      summary: 'Cancel an upload, or delete the record of a completed one',
      description: 'The media file or the master of a completed upload stays.',
      operationId: 'deleteUpload',
      params: UploadParams,
      headers: Type.Partial(TusHeaders),
      response: responses({ 204: withHeaders(NoContent, 'Tus-Resumable') }),
    },
  }, async (request, reply) => await deleteUpload(request, reply))

  app.get('/admin/uploads', {
    config: { access: 'editor', scope: 'ingest' },
    schema: {
      tags: ['Admin: uploads'],
      summary: 'List the 100 newest resumable uploads',
      description: 'With state, received bytes and size, for the administrator who follows them.',
      operationId: 'listUploads',
      response: responses({ 200: listSchema(ref(Upload)) }),
    },
  }, async () => {
    const list = await uploads.list()
    return { items: list.map((upload) => toUpload(upload)) }
  })

  app.get('/admin/uploads/:uploadId', {
    config: { access: 'editor', scope: 'ingest' },
    exposeHeadRoute: false,
    schema: {
      tags: ['Admin: uploads'],
      summary: 'Get the state of an upload',
      description: 'After the last byte, `state` tells when the file is processed, `mediaFileId` or `encodingJobId` ' +
        'what it became, and `failure` why it was rejected.',
      operationId: 'getUpload',
      params: UploadParams,
      response: responses({ 200: ref(Upload) }),
    },
  }, async (request) => {
    const { upload, receivedBytes } = await uploads.find(request.params.uploadId)
    return toUpload(upload, receivedBytes)
  })
}

/** The tus library handles requests of the Fetch API. */
function toWebRequest (request: FastifyRequest, method: string): Request {
  const { url, body } = request
  const headers = Object.entries(request.headers).flatMap(([name, value]): Array<[string, string]> =>
    typeof value === 'string' ? [[name, value]] : []
  )
  const stream = body instanceof Readable && method !== 'HEAD'
    ? { body: Readable.toWeb(Readable.from(readUntilBreak(body), { objectMode: false })), duplex: 'half' }
    : {}
  return new Request(new URL(url, 'http://localhost'), { method, headers, ...stream } as RequestInit)
}

/** Ends the body when the connection breaks, so that the received bytes are stored. */
async function* readUntilBreak (body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  } catch {
    // The client is gone.
  }
}

export default resumableUploads
