// Import and export of the catalogue.
import { queryOptions } from '@tanstack/react-query'
import { accountClient, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { importPreviewKey } from './keys.js'

export type ImportReport = Schemas['CatalogueImport']
export type ImportMode = 'merge' | 'replace'
export type ImportFormat = 'ndjson' | 'json' | 'csv'
export type CsvPreview = Schemas['ImportPreview']

/** Fields of columns by the name of the column; the others fill the field of their name. */
export type ColumnChoices = Readonly<Record<string, string>>

/** A file or pasted lines. CSV is sent as bytes: the service detects the encoding. */
export interface ImportSource {
  /** Identifies the content, for the cache of previews. */
  readonly id: string
  readonly name: string | null
  readonly bytes: Blob
  readonly text: string
}

/** Parts of a file: the progress shows the completed ones. */
export interface ImportFile {
  readonly format: ImportFormat
  readonly parts: ReadonlyArray<{ readonly content: string | Blob, readonly firstLine: number }>
  /** Number of lines; null for CSV, whose lines may contain line breaks. */
  readonly lineCount: number | null
  /** The first lines, to check the file before the import; empty for CSV, which the service previews. */
  readonly preview: readonly PreviewLine[]
}
export interface PreviewLine {
  readonly line: number
  readonly kind: string
  readonly title: string
  readonly year: string
}

const CONTENT_TYPES = { ndjson: 'application/x-ndjson', json: 'application/x-ndjson', csv: 'text/csv' } as const
const PART_LINES = 200
const PREVIEW_LINES = 10

/** Recognises the format, and splits the file. @throws SyntaxError for a JSON array that cannot be parsed */
export function readImport ({ text, bytes }: Pick<ImportSource, 'text' | 'bytes'>): ImportFile {
  const start = text.trimStart()
  if (start.startsWith('{')) return splitLines(text.split('\n').filter((line) => line.trim() !== ''), 'ndjson')
  if (start.startsWith('[')) {
    const lines = JSON.parse(start) as unknown[]
    return splitLines(lines.map((line) => JSON.stringify(line)), 'json')
  }
  return { format: 'csv', parts: [{ content: bytes, firstLine: 1 }], lineCount: null, preview: [] }
}

function splitLines (lines: readonly string[], format: ImportFormat): ImportFile {
  const parts: Array<{ content: string, firstLine: number }> = []
  for (let at = 0; at < lines.length; at += PART_LINES) {
    parts.push({ content: lines.slice(at, at + PART_LINES).join('\n'), firstLine: at + 1 })
  }
  const preview = lines.slice(0, PREVIEW_LINES).map((line, index) => ({ line: index + 1, ...describeLine(line) }))
  return { format, parts, lineCount: lines.length, preview }
}

function describeLine (line: string): Omit<PreviewLine, 'line'> {
  try {
    const { kind, title, year, releaseDate } = JSON.parse(line) as Record<string, unknown>
    const stated = year ?? (typeof releaseDate === 'string' ? releaseDate.slice(0, 4) : undefined)
    return { kind: String(kind ?? ''), title: String(title ?? ''), year: String(stated ?? '') }
  } catch {
    return { kind: '', title: line.slice(0, 80), year: '' }
  }
}

/** The service reads no more for a preview. */
const MAX_PREVIEW_BYTES = 256 * 1024
const NEWLINE = 0x0a

/** The first rows of a CSV file as an import with these choices reads them. */
export const csvPreviewQuery = ({ id, bytes }: ImportSource, choices: ColumnChoices) =>
  queryOptions({
    queryKey: importPreviewKey(id, choices),
    queryFn: async ({ signal }) =>
      await unwrap(
        accountClient.POST('/v1/admin/import/preview', {
          params: { query: { map: toMap(choices) } },
          headers: { 'content-type': CONTENT_TYPES.csv },
          body: await readBeginning(bytes) as never,
          bodySerializer: (body) => body,
          signal,
        }),
      ),
    // A new choice keeps the table; a new file does not.
    placeholderData: (previous: CsvPreview | undefined, query) => query?.queryKey[1] === id ? previous : undefined,
    retry: false,
  })

/** Cuts a large file at the end of a line. */
async function readBeginning (bytes: Blob): Promise<Blob> {
  if (bytes.size <= MAX_PREVIEW_BYTES) return bytes
  const beginning = new Uint8Array(await bytes.slice(0, MAX_PREVIEW_BYTES).arrayBuffer())
  return bytes.slice(0, beginning.lastIndexOf(NEWLINE) + 1)
}

const toMap = (choices: ColumnChoices): string[] =>
  Object.entries(choices).map(([column, field]) => `${column}:${field}`)

/** In a mapping, instead of a field. */
export const IGNORED_FIELD = 'ignore'

/** The mapping of an import: columns that are not recognised and have no field are ignored. */
export function completeChoices ({ columns }: CsvPreview, choices: ColumnChoices): ColumnChoices {
  const unknown = columns.filter(({ needsMapping }) => needsMapping).map(({ name }) => [name, IGNORED_FIELD])
  return { ...Object.fromEntries(unknown) as Record<string, string>, ...choices }
}

/** Required fields that no column fills. */
export function findMissingFields ({ fields, columns }: CsvPreview): string[] {
  const filled = new Set(columns.map(({ field }) => field))
  return fields.filter(({ name, isRequired }) => isRequired && !filled.has(name)).map(({ name }) => name)
}

interface ImportOptions {
  readonly isDryRun: boolean
  readonly mode: ImportMode
  /** For CSV. */
  readonly choices: ColumnChoices
  readonly onProgress: (share: number) => void
}

/** Sends the parts of a file one after the other. @returns the joined report */
export async function importFile (
  file: ImportFile,
  { isDryRun, mode, choices, onProgress }: ImportOptions,
): Promise<ImportReport> {
  let report: ImportReport | null = null
  const map = file.format === 'csv' ? toMap(choices) : []
  for (const [index, { content, firstLine }] of file.parts.entries()) {
    onProgress(index / file.parts.length)
    const part: ImportReport = await unwrap(
      accountClient.POST('/v1/admin/import', {
        params: { query: { dryRun: isDryRun, mode, ...map.length === 0 ? {} : { map } } },
        headers: { 'content-type': CONTENT_TYPES[file.format] },
        body: content as never,
        bodySerializer: (body) => body,
      }),
    )
    report = joinReports(report, part, firstLine - 1)
  }
  onProgress(1)
  if (report === null) throw new Error('the file is empty')
  return report
}

/** @param offset number of the lines before the part */
function joinReports (all: ImportReport | null, part: ImportReport, offset: number): ImportReport {
  const shifted = {
    ...part,
    refused: part.refused.map((one) => ({ ...one, line: one.line + offset })),
    warnings: part.warnings.map((one) => ({ ...one, line: one.line + offset })),
  }
  if (all === null) return shifted
  return {
    dryRun: all.dryRun,
    total: all.total + part.total,
    created: all.created + part.created,
    updated: all.updated + part.updated,
    unchanged: all.unchanged + part.unchanged,
    refusedCount: all.refusedCount + part.refusedCount,
    refused: [...all.refused, ...shifted.refused],
    truncated: all.truncated || part.truncated,
    warnings: [...all.warnings, ...shifted.warnings],
  }
}

/** Reads the whole catalogue as NDJSON. */
export async function exportCatalogue (): Promise<Blob> {
  return await unwrap(accountClient.GET('/v1/admin/export', { parseAs: 'blob' }))
}
