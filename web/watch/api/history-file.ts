// Import and export of the watch history.
import { profileClient, type QueryOf, type RequestBody, type Schemas } from '@shared/api/client.js'
import { isProblem, unwrap } from '@shared/api/problem.js'
import { currentProfileId } from '@shared/api/session.js'

export type ImportReport = Schemas['ImportReport']
export type ReportLine = Schemas['ReportLine']
export type ImportStatus = Schemas['ImportStatus']
export type DateOrder = Schemas['DateOrder']
export type FileFormat = 'json' | 'csv'
type ImportBody = RequestBody<'/v1/profiles/{profileId}/history/import', 'post'>

export interface ImportOptions {
  /** How a short Netflix file writes dates; null: detected. */
  readonly dateOrder: DateOrder | null
  /** The profile of a Netflix file with several ones; null: the file has one. */
  readonly netflixProfile: string | null
}

type ImportQuery = QueryOf<'/v1/profiles/{profileId}/history/import', 'post'>

/** Netflix exports CSV files, this service JSON files. */
async function detectFormat (file: File): Promise<'normflix' | 'netflix'> {
  return (await file.slice(0, 100).text()).trimStart().startsWith('{') ? 'normflix' : 'netflix'
}

/** @param isDryRun returns the report, and imports nothing */
export async function importHistory (file: File, isDryRun: boolean, options: ImportOptions): Promise<ImportReport> {
  const format = await detectFormat(file)
  const { dateOrder, netflixProfile } = options
  const query: ImportQuery = {
    format,
    dryRun: isDryRun,
    ...dateOrder === null ? {} : { dateOrder },
    ...netflixProfile === null ? {} : { netflixProfile },
  }
  return await unwrap(
    profileClient.POST('/v1/profiles/{profileId}/history/import', {
      params: { path: { profileId: currentProfileId() }, query },
      // The service detects the encoding of the bytes.
      body: file as unknown as ImportBody,
      bodySerializer: (body) => body as unknown as File,
      headers: { 'content-type': format === 'netflix' ? 'text/csv' : 'application/json' },
    }),
  )
}

/** The profiles of a Netflix file, when the error says that it has several. */
export function profilesInFile (error: unknown): readonly string[] {
  if (!isProblem(error, 'import-several-profiles')) return []
  const names = (error.problem as { readonly profileNames?: unknown }).profileNames
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
}

export async function exportHistory (format: FileFormat): Promise<Blob> {
  return await unwrap(
    profileClient.GET('/v1/profiles/{profileId}/history/export', {
      params: { path: { profileId: currentProfileId() }, query: { format } },
      parseAs: 'blob',
    }),
  )
}
