// The preview of a CSV import: its columns and first rows, to choose a column mapping.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { buildValidator } from '../src/http/validator.js'
import { ref, responses } from '../src/schemas/common.js'
import { ImportPreview, ImportPreviewQuery } from '../src/schemas/import-mapping.js'
import {
  emptyImport,
  listMapEntries,
  readCharset,
  readMapping,
  toPreviewProblem,
} from '../src/transfer/import-requests.js'
import { COLUMN_NAMES, REQUIRED_COLUMN } from '../src/transfer/parsers/csv-columns.js'
import { previewCsv } from '../src/transfer/parsers/csv-preview.js'
import { UnreadableSourceError } from '../src/transfer/parsers/source-items.js'

const CSV = 'text/csv'
/** Parsing more would block the event loop; the first rows of a catalogue are shorter. */
const MAX_PREVIEW_BYTES = 256 * 1024
/** Later chunks are not decoded if the first ones contain enough rows. */
const CHUNK_BYTES = 8 * 1024

const CsvBeginning = Type.String({
  description: 'The file, or its beginning: at most 256 KiB that end with a line',
  examples: ['Film,Jahr,Notes\nMetropolis,1927,restored\nM,1931,\n'],
})
const FIELDS = COLUMN_NAMES.map((name) => ({ name, isRequired: name === REQUIRED_COLUMN }))

const adminImportPreview: FastifyPluginAsyncTypebox = async (app) => {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(CSV, { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })

  // The schema of the query refers to no shared schema. The file is no JSON.
  const buildQueryValidator = buildValidator({})

  app.post('/admin/import/preview', {
    config: { access: 'editor', scope: 'catalogue:write' },
    bodyLimit: MAX_PREVIEW_BYTES,
    validatorCompiler: (route) => route.httpPart === 'body' ? () => true : buildQueryValidator(route),
    preValidation: async (request) => {
      listMapEntries(request)
    },
    schema: {
      tags: ['Admin: import and export'],
      summary: 'Preview the columns of a CSV import',
      description:
        'Returns the columns of a file, the field that each fills, the first ten rows as an import with this `map` ' +
        'reads them, and all fields. Writes nothing, and does not compare the rows with the catalogue: `dryRun` of ' +
        '`importCatalogue` does.',
      operationId: 'previewImport',
      querystring: ImportPreviewQuery,
      consumes: [CSV],
      body: { content: { [CSV]: { schema: CsvBeginning } } },
      response: responses({ 200: ref(ImportPreview) }),
    },
  }, async (request) => {
    const body = request.body as unknown
    if (!Buffer.isBuffer(body) || body.length === 0) throw emptyImport([CSV])
    const mapping = readMapping(request.query.map ?? [])
    const charset = readCharset(request.headers['content-type'] ?? '')
    try {
      return { ...await previewCsv(splitChunks(body), charset, mapping), fields: FIELDS }
    } catch (error) {
      throw error instanceof UnreadableSourceError ? toPreviewProblem(error) : error
    }
  })
}

async function* splitChunks (body: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < body.length; start += CHUNK_BYTES) yield body.subarray(start, start + CHUNK_BYTES)
}

export default adminImportPreview
