// The catalogue as a whole: bringing one in, taking it out.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { Type, type Static } from 'typebox'
import { recordCatalogueChange } from '../models/change-log.js'
import { badRequest, DomainError } from '../src/errors.js'
import { readChunks, drainBody } from '../src/http/request-body.js'
import { CatalogueImport, CollectionLine, MovieLine, ShowLine } from '../src/schemas/import-line.js'
import { responses, ref, strict } from '../src/schemas/common.js'
import { buildValidator } from '../src/http/validator.js'
import { exportCatalogue } from '../src/transfer/export-catalogue.js'
import { importCatalogue, type BatchResult, type RejectedLine } from '../src/transfer/import-catalogue.js'
import { parseItems, type TextFormat } from '../src/transfer/parsers/open-sources.js'
import { UnreadableSourceError, type SourceItems } from '../src/transfer/parsers/source-items.js'
import type { Config } from '../src/config.js'
import type { MediaDeps } from '../src/media/deps.js'

const NDJSON = 'application/x-ndjson'
const FORMATS: Readonly<Record<string, TextFormat>> = {
  [NDJSON]: 'ndjson',
  'application/json': 'json',
  'text/csv': 'csv',
}
const MAX_REFUSED = 1_000

const ImportQuery = strict({
  dryRun: Type.Boolean({
    default: false,
    description: 'true: answers what would become of each line, and changes nothing',
  }),
  mode: Type.Enum(['merge', 'replace'], {
    default: 'merge',
    description:
      'What becomes of what a line leaves out of a title that is there: merge keeps it, replace resets it, episodes included',
  }),
})
const Line = Type.Union([ref(MovieLine), ref(ShowLine), ref(CollectionLine)])
const NdjsonText = Type.String({ description: 'A line is a MovieLine, a ShowLine or a CollectionLine' })
const Lines = Type.Array(Line, {
  description: 'What does not fit is refused by itself, in the answer',
  examples: [[{ kind: 'movie', title: 'Metropolis', year: 1927 }, {
    kind: 'show',
    title: 'Firefly',
    seasons: [{ number: 1, episodes: [{ number: 1, title: 'Serenity' }] }],
  }]],
})
const CsvText = Type.String({
  examples: [
    'kind,title,year,genres,season,episode\nmovie,Metropolis,1927,Drama|Science Fiction,,\nshow,Firefly,2002,,,\nepisode,Serenity,,,1,1\n',
  ],
})

export interface AdminTransferRouteOptions extends MediaDeps {
  readonly config: Pick<Config, 'catalogueLanguage' | 'maxUploadBytes'>
}

const adminTransfer: FastifyPluginAsyncTypebox<AdminTransferRouteOptions> = async (app, deps) => {
  const { catalogue, config, now } = deps
  // Bodies are read as they arrive: they may be larger than memory.
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(Object.keys(FORMATS), (_request, payload, done) => {
    done(null, payload)
  })

  // The query refers to no other schema.
  const validate = buildValidator({})

  /** So that whoever imports finds what was imported, in this process at once. */
  async function reload ({ changed }: BatchResult): Promise<void> {
    await catalogue.reloadTitles(changed.filter(({ kind }) => kind !== 'collection').map(({ id }) => id))
    for (const { kind, id } of changed) if (kind === 'collection') await catalogue.reloadCollection(id)
  }

  app.post('/admin/import', {
    config: { access: 'admin', slowBody: true },
    bodyLimit: config.maxUploadBytes,
    // The body is a stream: each of its lines is validated as it comes.
    validatorCompiler: (route) => route.httpPart === 'body' ? () => true : validate(route),
    schema: {
      tags: ['admin'],
      summary: 'Import movies, shows and collections',
      description:
        'A title that is there is recognised by `id`, by its `externalIds`, or without any by kind, title and year; importing the same again changes nothing. Each line is taken whole or refused, with its reasons; an import that breaks off has written the lines before, and may be repeated. The format of a line as JSON Schema: `/import-line.schema.json`. CSV has the fields as columns.',
      operationId: 'importCatalogue',
      querystring: ImportQuery,
      consumes: Object.keys(FORMATS),
      // API pages begin with the first, and show text in quotes where the type looks like JSON.
      body: {
        content: {
          'application/json': { schema: Lines },
          [NDJSON]: { schema: NdjsonText },
          'text/csv': { schema: CsvText },
        },
      },
      response: responses({ 200: ref(CatalogueImport) }),
    },
  }, async (request) => {
    const { dryRun, mode } = request.query
    const refused: RejectedLine[] = []
    let hasChanged = false
    const { counts, items } = await importBody(request, async (source) =>
      await importCatalogue(deps, source, {
        mode,
        isDryRun: dryRun,
        async onBatch (progress) {
          refused.push(...progress.rejected.slice(0, MAX_REFUSED - refused.length))
          if (dryRun || progress.changed.length === 0) return
          hasChanged = true
          await reload(progress)
        },
      })).finally(async () => {
        if (hasChanged) await recordCatalogueChange(null)
      })
    const { rejected: refusedCount, ...taken } = counts
    return {
      dryRun,
      total: items,
      ...taken,
      refusedCount,
      refused: refused as Static<typeof CatalogueImport>['refused'],
      truncated: refusedCount > refused.length,
    }
  })

  app.get('/admin/export', {
    config: { access: 'admin' },
    // A HEAD would read the whole catalogue to throw it away.
    exposeHeadRoute: false,
    schema: {
      tags: ['admin'],
      summary: 'The whole catalogue as a file',
      description:
        'NDJSON that an import reads: every movie and show, then the collections, with their ids. Media files, subtitles and pictures are not in it.',
      operationId: 'exportCatalogue',
      response: responses({
        200: { description: 'The file, as an attachment', content: { [NDJSON]: { schema: NdjsonText } } },
      }),
    },
  }, async (_request, reply) =>
    await reply
      .header(
        'content-disposition',
        `attachment; filename="normflix-catalogue-${now().toISOString().slice(0, 10)}.ndjson"`,
      )
      .header('cache-control', 'private, no-store')
      .type(NDJSON)
      .send(Readable.from(exportCatalogue()) as never))
}

const interrupted = (): DomainError =>
  badRequest('import-interrupted', 'The body broke off. What came before was taken; send it again.')

/** @throws DomainError 400 `empty-import`, `import-interrupted` or `unreadable-import` */
async function importBody<T> (request: FastifyRequest, work: (source: SourceItems) => Promise<T>): Promise<T> {
  const format = FORMATS[(request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '']
  if (format === undefined || request.body === undefined || request.body === null) {
    throw badRequest(
      'empty-import',
      `The body is empty: send the lines themselves, as one of ${Object.keys(FORMATS).join(', ')}.`,
    )
  }
  const body = request.body as Readable
  try {
    return await work(parseItems(format, readChunks(body, interrupted)))
  } catch (error) {
    drainBody(body)
    if (error instanceof UnreadableSourceError) {
      throw new DomainError(
        400,
        'unreadable-import',
        'Unreadable import',
        `${error.message} What came before line ${error.line} was taken; mend the rest and send it again.`,
        { line: error.line },
      )
    }
    throw error
  }
}

export default adminTransfer
