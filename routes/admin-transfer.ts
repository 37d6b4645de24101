// Import and export of the whole catalogue, for administrators.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { recordCatalogueChange } from '../models/change-log.js'
import type { Config } from '../src/config.js'
import { badRequest, type DomainError } from '../src/errors.js'
import { drainBody, readAhead, readChunks } from '../src/http/request-body.js'
import { buildValidator } from '../src/http/validator.js'
import type { MediaDeps } from '../src/media/deps.js'
import { ref, responses, strict } from '../src/schemas/common.js'
import { CatalogueImport, CollectionLine, MovieLine, ShowLine } from '../src/schemas/import-line.js'
import { ImportMap } from '../src/schemas/import-mapping.js'
import { withHeaders } from '../src/schemas/response-headers.js'
import { exportCatalogue } from '../src/transfer/export-catalogue.js'
import {
  importCatalogue,
  type BatchResult,
  type ImportResult,
  type RejectedLine,
  type ValidatedLines,
} from '../src/transfer/import-catalogue.js'
import {
  emptyImport,
  listMapEntries,
  readCharset,
  readMapping,
  toImportProblem,
} from '../src/transfer/import-requests.js'
import { parseInThread } from '../src/transfer/parse-in-thread.js'
import type { ColumnMapping } from '../src/transfer/parsers/column-mapping.js'
import { parseItems, type TextFormat } from '../src/transfer/parsers/open-sources.js'
import { UnreadableSourceError, type SourceWarning } from '../src/transfer/parsers/source-items.js'
import { validateItems } from '../src/transfer/validate-line.js'

const NDJSON = 'application/x-ndjson'
const FORMATS: Readonly<Record<string, TextFormat>> = {
  [NDJSON]: 'ndjson',
  'application/json': 'json',
  'text/csv': 'csv',
}
/** A smaller body is parsed without a thread: starting one takes longer than parsing it. */
const MAX_DIRECT_BYTES = 16 * 1024
/** Rejected lines that a response lists, and lines with warnings. */
const MAX_REJECTED_LINES = 1_000
const MAX_WARNINGS = 1_000

/** What a response lists. */
interface ImportReport {
  readonly rejected: RejectedLine[]
  readonly warnings: SourceWarning[]
}

const ImportQuery = strict({
  dryRun: Type.Boolean({
    default: false,
    description: 'Returns the outcome of each line, and writes nothing',
  }),
  mode: Type.Enum(['merge', 'replace'], {
    default: 'merge',
    description:
      'Fields and episodes of an existing title that the line omits: merge preserves them, replace resets or deletes ' +
      'them',
  }),
  map: Type.Optional(ImportMap),
})
const NdjsonText = Type.String({ description: 'Each line is a MovieLine, a ShowLine or a CollectionLine' })
const ImportLine = Type.Union([ref(MovieLine), ref(ShowLine), ref(CollectionLine)], {
  title: 'ImportLine',
  description: '`kind` selects the type of the line',
})
const ImportLines = Type.Array(ImportLine, {
  description: 'Lines; the response lists those that were rejected',
  examples: [[
    { kind: 'movie', title: 'Metropolis', year: 1927 },
    { kind: 'show', title: 'Firefly', seasons: [{ number: 1, episodes: [{ number: 1, title: 'Serenity' }] }] },
  ]],
})
const CsvText = Type.String({
  examples: [
    'kind,title,year,genres,season,episode\n' +
    'movie,Metropolis,1927,Drama|Science Fiction,,\n' +
    'show,Firefly,2002,,,\n' +
    'episode,Serenity,,,1,1\n',
  ],
})

export interface AdminTransferRouteOptions extends MediaDeps {
  readonly config: Pick<Config, 'catalogueLanguage' | 'maxUploadBytes'>
}

const adminTransfer: FastifyPluginAsyncTypebox<AdminTransferRouteOptions> = async (app, deps) => {
  const { catalogue, config, now } = deps
  // Bodies are streamed: they may be larger than memory.
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(Object.keys(FORMATS), (_request, payload, done) => {
    done(null, payload)
  })

  // The schema of the query refers to no shared schema.
  const buildQueryValidator = buildValidator({})

  app.post('/admin/import', {
    config: { access: 'editor', scope: 'catalogue:write', slowBody: true },
    bodyLimit: config.maxUploadBytes,
    preValidation: async (request) => {
      listMapEntries(request)
    },
    // The import validates each line of the streamed body.
    validatorCompiler: (route) => route.httpPart === 'body' ? () => true : buildQueryValidator(route),
    schema: {
      tags: ['Admin: import and export'],
      summary: 'Import movies, shows and collections',
      description:
        'An existing title is matched by `id`, by `externalIds`, or without either by kind, title and year. ' +
        'Importing the same lines again changes nothing. Each line is imported or rejected as a whole, and the ' +
        'response states the reasons. An interrupted import has written the lines before and can be repeated. The ' +
        'JSON Schema of a line is at `/import-line.schema.json`; CSV has the fields as columns. `map` names the ' +
        'fields of columns with other names; `previewImport` lists the columns of a file.',
      operationId: 'importCatalogue',
      querystring: ImportQuery,
      consumes: Object.keys(FORMATS),
      // Swagger UI preselects the first type, and shows text as a JSON string where the type contains "json".
      body: {
        content: {
          'application/json': { schema: ImportLines },
          [NDJSON]: { schema: NdjsonText },
          'text/csv': { schema: CsvText },
        },
      },
      response: responses({ 200: ref(CatalogueImport) }),
    },
  }, async (request) => {
    const { dryRun, mode, map = [] } = request.query
    const mapping = readMapping(map)
    const report: ImportReport = { rejected: [], warnings: [] }
    const { counts: { rejected, ...counts }, items } = await importBody(
      request,
      { map, mapping },
      async (source) => await importAndReload(source, mode, dryRun, report),
    )
    return {
      dryRun,
      total: items,
      ...counts,
      refusedCount: rejected,
      refused: report.rejected.map(({ line, errors }) => ({ line, errors: [...errors] })),
      truncated: rejected > report.rejected.length,
      warnings: report.warnings.map(({ line, warnings }) => ({ line, warnings: [...warnings] })),
    }
  })

  /** Imports lines and loads them into the catalogue of this process. Adds to the report. */
  async function importAndReload (
    source: ValidatedLines,
    mode: 'merge' | 'replace',
    isDryRun: boolean,
    report: ImportReport,
  ): Promise<ImportResult> {
    let hasChanged = false
    async function onBatch ({ rejected, warnings, changed }: BatchResult): Promise<void> {
      report.rejected.push(...rejected.slice(0, MAX_REJECTED_LINES - report.rejected.length))
      report.warnings.push(...warnings.slice(0, MAX_WARNINGS - report.warnings.length))
      if (isDryRun || changed.length === 0) return
      hasChanged = true
      await catalogue.reloadTitles(changed.filter(({ kind }) => kind !== 'collection').map(({ id }) => id))
      for (const { kind, id } of changed) if (kind === 'collection') await catalogue.reloadCollection(id)
    }
    try {
      return await importCatalogue(deps, source, { mode, isDryRun, onBatch })
    } finally {
      if (hasChanged) await recordCatalogueChange(null)
    }
  }

  app.get('/admin/export', {
    config: { access: 'editor', scope: 'catalogue:read' },
    schema: {
      tags: ['Admin: import and export'],
      summary: 'Export the whole catalogue',
      description:
        'NDJSON for an import: all movies and shows, then the collections, with their IDs. Does not contain media ' +
        'files, subtitles or images.',
      operationId: 'exportCatalogue',
      response: responses({
        200: withHeaders(
          { description: 'The file, as an attachment', content: { [NDJSON]: { schema: NdjsonText } } },
          'Content-Disposition',
        ),
      }),
    },
  }, async (request, reply) => {
    const fileName = `normflix-catalogue-${now().toISOString().slice(0, 10)}.ndjson`
    return await reply
      .header('content-disposition', `attachment; filename="${fileName}"`)
      .header('cache-control', 'private, no-store')
      .type(NDJSON)
      // HEAD does not read the catalogue.
      .send(Readable.from(request.method === 'HEAD' ? [] : exportCatalogue()) as never)
  })
}

const interruptedImport = (): DomainError =>
  badRequest('import-interrupted', 'The body is incomplete. The lines before were imported; send the body again.')

/** @throws DomainError 400 `empty-import`, `import-interrupted`, `unreadable-import` or a problem of the mapping */
async function importBody<T> (
  request: FastifyRequest,
  { map, mapping }: { readonly map: readonly string[], readonly mapping: ColumnMapping },
  work: (source: ValidatedLines) => Promise<T>,
): Promise<T> {
  const contentType = request.headers['content-type'] ?? ''
  const format = FORMATS[contentType.split(';')[0]?.trim().toLowerCase() ?? '']
  const charset = readCharset(contentType)
  if (format === undefined || request.body === undefined || request.body === null) {
    throw emptyImport(Object.keys(FORMATS))
  }
  const body = request.body as Readable
  try {
    if (map.length > 0 && format !== 'csv') throw mappingNeedsCsv()
    const { isWhole, chunks } = await readAhead(readChunks(body, interruptedImport), MAX_DIRECT_BYTES)
    return await work(
      isWhole
        ? validateItems(parseItems(format, chunks, { charset, mapping }))
        : parseInThread({ format, charset, map }, chunks),
    )
  } catch (error) {
    drainBody(body)
    throw error instanceof UnreadableSourceError ? toImportProblem(error) : error
  }
}

const mappingNeedsCsv = (): DomainError =>
  badRequest('mapping-needs-csv', 'A mapping is for the columns of CSV. Send text/csv, or omit map.')

export default adminTransfer
