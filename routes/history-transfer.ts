// Export and import of a watch history: own files, and those of Netflix.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { Type, type Static } from 'typebox'
import { validationFailed, type DomainError } from '../src/errors.js'
import { unsupportedBody } from '../src/http/request-body.js'
import { buildValidator } from '../src/http/validator.js'
import { profileOf, profileRef } from '../src/plugins/caller.js'
import { describe, FileFormat, ref, responses, strict } from '../src/schemas/common.js'
import { DateOrder, HistoryFile, ImportReport } from '../src/schemas/history-transfer.js'
import { ProfileParams } from '../src/schemas/params.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { toImportReport } from '../src/views/import-report.js'
import type { WatchingDeps } from '../src/watching/deps.js'
import { exportHistoryAsCsv, exportHistoryAsJson } from '../src/watching/history/export-history.js'
import { importHistory } from '../src/watching/import/import-history.js'
import type { HistoryFile as ReadHistoryFile, HistoryFileReader } from '../src/watching/import/history-file-reader.js'

const MAX_FILE_BYTES = 16 * 1024 * 1024
/** Imports per IP address: each may be a large file. */
const IMPORT_RATE_LIMIT = { max: 30, timeWindow: 60_000 } as const

const ExportedCsv = {
  'text/csv': { schema: Type.String({ description: 'UTF-8, with column names in the first line' }) },
}
const NetflixCsv = {
  'text/csv': {
    schema: Type.String({
      description: 'UTF-8, UTF-16 or Windows, with column names in the first line',
      examples: ['Title,Date\n"The Matrix",1/2/24\n'],
    }),
  },
}
const ExportQuery = strict({
  format: describe(FileFormat, 'json can be imported again; csv is for reading'),
})
const ImportQuery = strict({
  format: Type.Enum(['normflix', 'netflix'], {
    default: 'normflix',
    description:
      'normflix: the JSON of an export; netflix: the CSV of the account page (Title,Date) or of the personal data ' +
      'download',
  }),
  dryRun: Type.Boolean({ default: false, description: 'Returns the report, and writes nothing' }),
  dateOrder: Type.Optional(describe(DateOrder, 'Order of the dates in a short Netflix file; omitted: detected')),
  netflixProfile: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Imports only rows with this Profile Name' }),
  ),
})

export interface HistoryTransferRouteOptions {
  readonly watching: WatchingDeps
  readonly historyFiles: HistoryFileReader
  now(): Date
}

const historyTransfer: FastifyPluginAsyncTypebox<HistoryTransferRouteOptions> = async (app, deps) => {
  const { watching, historyFiles, now } = deps
  // A worker thread parses and validates files: 16 MB would block the event loop.
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(['application/json', 'text/csv'], { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })
  const buildTextValidator = buildValidator({})

  app.get('/profiles/:profileId/history/export', {
    config: { access: 'profile' },
    schema: {
      tags: ['History'],
      summary: 'Export the whole history',
      description:
        'All plays that the history lists, newest first, live streams included. Does not contain marks, the wishlist ' +
        'or removed plays.',
      operationId: 'exportHistory',
      params: ProfileParams,
      querystring: ExportQuery,
      response: responses({
        200: withHeaders({
          description: 'The file, as an attachment',
          content: { 'application/json': { schema: ref(HistoryFile) }, ...ExportedCsv },
        }, 'Content-Disposition'),
      }),
    },
  }, async (request, reply) => {
    const { format } = request.query
    const owner = profileRef(request)
    const fileName = `normflix-history-${now().toISOString().slice(0, 10)}.${format}`
    const file = format === 'csv'
      ? exportHistoryAsCsv(watching, owner)
      : exportHistoryAsJson(watching, owner, profileOf(request))
    return await reply
      .header('content-disposition', `attachment; filename="${fileName}"`)
      .header('cache-control', 'private, no-store')
      .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
      // HEAD does not read the history.
      .send((request.method === 'HEAD' ? Readable.from([]) : file) as never)
  })

  app.post('/profiles/:profileId/history/import', {
    config: { access: 'profile', rateLimit: IMPORT_RATE_LIMIT, slowBody: true },
    bodyLimit: MAX_FILE_BYTES,
    validatorCompiler: (route) => route.httpPart === 'body' ? () => true : buildTextValidator(route),
    schema: {
      tags: ['History'],
      summary: "Import a history: an export of this service, or Netflix's viewing activity",
      description:
        'Matches each play with the titles that the profile can see: by ID, by external IDs, or by name and number. ' +
        'Importing the same file again changes nothing. Plays that were cleared or removed come back. Names are ' +
        'found in every language of the catalogue, and Netflix files are read in every language of Netflix. A row ' +
        'that cannot be read is `skipped` with its reason; a file without a readable row is rejected.',
      operationId: 'importHistory',
      params: ProfileParams,
      querystring: ImportQuery,
      consumes: ['application/json', 'text/csv'],
      body: { content: { 'application/json': { schema: ref(HistoryFile) }, ...NetflixCsv } },
      response: responses({ 200: ref(ImportReport) }),
    },
  }, async (request) => {
    const { dryRun } = request.query
    const { plays, dateOrder, isDateOrderGuessed } = await readFile(request)
    const outcomes = await importHistory(watching, profileRef(request), profileOf(request), plays, dryRun)
    return { dryRun, ...toImportReport(outcomes), dateOrder, isDateOrderGuessed }
  })

  async function readFile (
    { body, query, headers }: { body: unknown, query: Static<typeof ImportQuery>, headers: IncomingHttpHeaders },
  ): Promise<ReadHistoryFile> {
    const { format, netflixProfile = null, dateOrder = null } = query
    if (!Buffer.isBuffer(body)) throw bodyRequired()
    const contentType = headers['content-type'] ?? ''
    const expected = format === 'netflix' ? 'text/csv' : 'application/json'
    if (!contentType.toLowerCase().startsWith(expected)) throw wrongMediaType(expected)
    if (format === 'normflix' && body.length === 0) throw bodyRequired()
    if (format === 'normflix') return await historyFiles.readNormflix(body, now())
    const charset = /;\s*charset="?([\w.:-]{1,40})/iu.exec(contentType)?.[1] ?? null
    return await historyFiles.readNetflix({ bytes: body, charset, profileName: netflixProfile, dateOrder }, now())
  }
}

const bodyRequired = (): DomainError =>
  validationFailed(
    [{ pointer: '', code: 'required', message: 'is required' }],
    'Send the file as the body of the request.',
  )

function wrongMediaType (expected: string): DomainError {
  return unsupportedBody(`Send a file of this format as ${expected}.`, { accept: expected })
}

export default historyTransfer
