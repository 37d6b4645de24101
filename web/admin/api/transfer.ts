// Import and export of the catalogue.
import { accountClient, type Schemas } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'

export type ImportReport = Schemas['CatalogueImport']
export type ImportMode = 'merge' | 'replace'
export type ImportFormat = 'ndjson' | 'json' | 'csv'

/** Parts of a file: the progress shows the completed ones. */
export interface ImportFile {
  readonly format: ImportFormat
  readonly parts: ReadonlyArray<{ readonly text: string, readonly firstLine: number }>
  /** Number of lines; null for CSV, whose lines may contain line breaks. */
  readonly lineCount: number | null
  /** The first lines, to check the file before the import. */
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
export function readImport (text: string): ImportFile {
  const start = text.trimStart()
  if (start.startsWith('{')) return splitLines(text.split('\n').filter((line) => line.trim() !== ''), 'ndjson')
  if (start.startsWith('[')) {
    const lines = JSON.parse(start) as unknown[]
    return splitLines(lines.map((line) => JSON.stringify(line)), 'json')
  }
  const [header = '', ...rows] = text.split('\n').filter((line) => line.trim() !== '')
  const names = header.split(',').map((name) => name.trim().toLowerCase())
  return {
    format: 'csv',
    parts: [{ text, firstLine: 1 }],
    lineCount: null,
    preview: rows.slice(0, PREVIEW_LINES).map((row, index) => {
      const cells = row.split(',')
      const read = (name: string): string => cells[names.indexOf(name)]?.trim() ?? ''
      return { line: index + 2, kind: read('kind'), title: read('title'), year: read('year') }
    }),
  }
}

function splitLines (lines: readonly string[], format: ImportFormat): ImportFile {
  const parts: Array<{ text: string, firstLine: number }> = []
  for (let at = 0; at < lines.length; at += PART_LINES) {
    parts.push({ text: lines.slice(at, at + PART_LINES).join('\n'), firstLine: at + 1 })
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

interface ImportOptions {
  readonly isDryRun: boolean
  readonly mode: ImportMode
  readonly onProgress: (share: number) => void
}

/** Sends the parts of a file one after the other. @returns the joined report */
export async function importFile (
  file: ImportFile,
  { isDryRun, mode, onProgress }: ImportOptions,
): Promise<ImportReport> {
  let report: ImportReport | null = null
  for (const [index, { text, firstLine }] of file.parts.entries()) {
    onProgress(index / file.parts.length)
    const part: ImportReport = await unwrap(
      accountClient.POST('/v1/admin/import', {
        params: { query: { dryRun: isDryRun, mode } },
        headers: { 'content-type': CONTENT_TYPES[file.format] },
        body: text as never,
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
