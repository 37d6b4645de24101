// Taking a history out and bringing one in: from here, or from Netflix.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import { DomainError } from '../src/errors.js'
import { groupBy } from '../src/domain/arrays.js'
import { profileOf } from '../src/plugins/auth.js'
import { responses, ProfileParams, ref, strict } from '../src/schemas/common.js'
import { HistoryFile, ImportReport } from '../src/schemas/history-transfer.js'
import { exportCsv, exportJson } from '../src/watching/history/history-export.js'
import { importHistory, type ImportOutcome } from '../src/watching/import/history-import.js'
import type { ImportedPlay } from '../src/watching/import/imported-play.js'
import type { FoundItem } from '../src/watching/import/match-title.js'
import { readNetflixFile } from '../src/watching/import/netflix-file.js'
import { readNormflixFile } from '../src/watching/import/normflix-file.js'
import { numbersOf } from '../src/catalogue/store/catalogue.js'
import { profileRef } from './playback.js'
import type { WatchingDeps } from '../src/watching/watching.js'

const FILE_BYTES = 16 * 1024 * 1024
/** Imports from one address: each may be a large file. */
const IMPORT_RATE = { max: 30, timeWindow: 60_000 } as const
const MAX_LINES = 1_000
const MAX_CANDIDATES = 10
const MAX_TEXT = 300

const CsvText = { 'text/csv': { schema: Type.String({ description: 'UTF-8, with a line of column names' }) } }
const ExportQuery = strict({
  format: Type.Enum(['json', 'csv'], {
    default: 'json',
    description: 'json can be imported again; csv is for reading',
  }),
})
const ImportQuery = strict({
  format: Type.Enum(['normflix', 'netflix'], {
    default: 'normflix',
    description:
      'normflix: the JSON of an export. netflix: the CSV of the account page (Title,Date) or of the personal data download',
  }),
  dryRun: Type.Boolean({ default: false, description: 'true: answers the report and writes nothing' }),
  dateOrder: Type.Optional(
    Type.Enum(['month-first', 'day-first', 'year-first'], {
      description: 'Of the dates in a short Netflix file; when left out, the file decides',
    }),
  ),
  netflixProfile: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Whose rows of a full Netflix file, by Profile Name' }),
  ),
})

const wrongType = (expected: string): DomainError =>
  new DomainError(
    415,
    'unsupported-media-type',
    'Unsupported media type',
    `A file of this format is sent as ${expected}.`,
  )

export interface HistoryTransferRouteOptions {
  readonly watching: WatchingDeps
  now(): Date
}

const historyTransfer: FastifyPluginAsyncTypebox<HistoryTransferRouteOptions> = async (app, { watching, now }) => {
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })

  app.get('/profiles/:profileId/history/export', {
    config: { access: 'profile' },
    // A HEAD would read the whole history to throw it away.
    exposeHeadRoute: false,
    schema: {
      tags: ['watching'],
      summary: 'The whole history as a file',
      description:
        'Every play that the history lists, newest first, also what is being played now. Marks, the wishlist and what was removed are not in it.',
      operationId: 'exportHistory',
      params: ProfileParams,
      querystring: ExportQuery,
      response: responses({
        200: {
          description: 'The file, as an attachment',
          content: { 'application/json': { schema: ref(HistoryFile) }, ...CsvText },
        },
      }),
    },
  }, async (request, reply) => {
    const { format } = request.query
    const watcher = profileRef(request)
    const file = format === 'csv' ? exportCsv(watching, watcher) : exportJson(watching, watcher, profileOf(request))
    return await reply
      .header(
        'content-disposition',
        `attachment; filename="normflix-history-${now().toISOString().slice(0, 10)}.${format}"`,
      )
      .header('cache-control', 'private, no-store')
      .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
      .send(file as never)
  })

  app.post('/profiles/:profileId/history/import', {
    config: { access: 'profile', rateLimit: IMPORT_RATE, slowBody: true },
    bodyLimit: FILE_BYTES,
    schema: {
      tags: ['watching'],
      summary: "Bring in a history: an export of this service, or Netflix's viewing activity",
      description:
        'Matches each play with the catalogue by id, by external ids, else by name and number, among what this profile may see. Importing the same file again changes nothing. What was cleared or removed before comes back: the import is an explicit wish. A file that cannot be read is refused as a whole, with the line.',
      operationId: 'importHistory',
      params: ProfileParams,
      querystring: ImportQuery,
      consumes: ['application/json', 'text/csv'],
      body: { content: { 'application/json': { schema: ref(HistoryFile) }, ...CsvText } },
      response: responses({ 200: ref(ImportReport) }),
    },
  }, async (request) => {
    const { dryRun } = request.query
    const { views, dateOrder = null, isDateOrderGuessed = false } = await readFile(request.body, request.query)
    const outcomes = await importHistory(watching, profileRef(request), profileOf(request), views, dryRun)
    return { dryRun, ...toReport(outcomes), dateOrder, isDateOrderGuessed }
  })

  async function readFile (
    body: unknown,
    query: Static<typeof ImportQuery>,
  ): Promise<
    { views: ImportedPlay[], dateOrder?: Static<typeof ImportReport>['dateOrder'], isDateOrderGuessed?: boolean }
  > {
    if (query.format === 'netflix') {
      if (typeof body !== 'string') throw wrongType('text/csv')
      return await readNetflixFile(body, {
        profileName: query.netflixProfile ?? null,
        dateOrder: query.dateOrder ?? null,
      }, now())
    }
    if (typeof body !== 'object') throw wrongType('application/json')
    return { views: readNormflixFile(body as Static<typeof HistoryFile>, now()) }
  }
}

type Report = Omit<Static<typeof ImportReport>, 'dryRun' | 'dateOrder' | 'isDateOrderGuessed'>

function toReport (outcomes: readonly ImportOutcome[]): Report {
  const byStatus = groupBy(outcomes, ({ status }) => status)
  const count = (status: ImportOutcome['status']): number => byStatus.get(status)?.length ?? 0
  const needsALook = ({ status, reason }: ImportOutcome): boolean =>
    reason !== null || (status !== 'imported' && status !== 'unchanged')
  const told = [...outcomes.filter(needsALook), ...outcomes.filter((outcome) => !needsALook(outcome))].slice(
    0,
    MAX_LINES,
  )
  return {
    total: outcomes.length,
    imported: count('imported'),
    unchanged: count('unchanged'),
    skipped: count('skipped'),
    unmatched: count('unmatched'),
    ambiguous: count('ambiguous'),
    lines: told.sort((a, b) => a.view.line - b.view.line).map(toLine),
    truncated: outcomes.length > MAX_LINES,
  }
}

function toLine ({ view, status, reason, match, candidates }: ImportOutcome): Report['lines'][number] {
  return {
    line: view.line,
    status,
    text: view.text.slice(0, MAX_TEXT),
    ...(reason === null ? {} : { reason }),
    ...(match === null ? {} : { match: toFound(match) }),
    ...(candidates.length === 0 ? {} : { candidates: candidates.slice(0, MAX_CANDIDATES).map(toFound) }),
  }
}

function toFound ({ title, item }: FoundItem): NonNullable<Report['lines'][number]['match']> {
  return {
    titleId: title.id,
    itemId: item.id,
    title: title.title,
    kind: title.kind,
    year: title.year,
    ...numbersOf(title, item),
  }
}

export default historyTransfer
