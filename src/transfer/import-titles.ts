// Imports a batch of titles: matches the lines with stored titles, compares them, and writes the differences.
// Each line is written completely or rejected.
import type { Types } from 'mongoose'
import { splitIntoBatches } from '../domain/arrays.js'
import { syncEpisodeMedia } from '../editing/edit-show.js'
import type { EditMode } from '../editing/stored-title.js'
import { DomainError, type FieldError } from '../errors.js'
import type { LineKind, TitleLine } from '../schemas/import-line.js'
import type { StorageDeps } from '../media/deps.js'
import type { WebhookOutbox } from '../webhooks/outbox.js'
import { buildNewTitle, buildUpdatedTitle, type StoredTitleDocument } from './build-title.js'
import { findExistingTitles, importedId, matchExistingTitle } from './match-titles.js'
import { findTitlesById, insertTitles, replaceTitles } from './stored-titles.js'

export interface ImportDeps extends StorageDeps {
  readonly events: WebhookOutbox
  now(): Date
}

export interface WriteOptions {
  /** How a line changes a stored title: `merge` keeps the fields that the line omits, `replace` resets them. */
  readonly mode: EditMode
  /** Computes the outcomes without writing. */
  readonly isDryRun: boolean
}

/** A line that matches the schema of the import format. */
export interface ParsedLine<Line> {
  readonly line: number
  readonly body: Line
}

export type LineOutcome =
  & { readonly line: number }
  & (
    | { readonly status: 'created' | 'updated' | 'unchanged', readonly id: string, readonly kind: LineKind }
    | { readonly status: 'rejected', readonly errors: readonly FieldError[] }
  )

/** Number of stored titles in memory at the same time: a show with all its episodes can have 1 MB. */
const UPDATE_BATCH_SIZE = 100
/** Attempts to write a title that other writers change; each attempt succeeds for at least one of the writers. */
const MAX_ATTEMPTS = 5

type TitleLines = ReadonlyArray<ParsedLine<TitleLine>>

/**
 * Imports lines that describe different titles.
 * @returns the outcome of each line
 */
export async function importTitles (
  deps: ImportDeps,
  lines: TitleLines,
  options: WriteOptions,
): Promise<LineOutcome[]> {
  const outcomes: LineOutcome[] = []
  let remaining = lines
  for (let attempt = 1; remaining.length > 0 && attempt <= MAX_ATTEMPTS; attempt++) {
    const { done, conflicts } = await attemptImport(deps, remaining, options)
    outcomes.push(...done)
    remaining = conflicts
  }
  const message = 'could not be written: its id is taken, or other writers keep changing the title; import it again'
  outcomes.push(...remaining.map(({ line }) => rejectLine(line, [{ pointer: '', message }])))
  return outcomes
}

interface AttemptResult {
  readonly done: LineOutcome[]
  /** Lines whose title another writer created, changed or removed between reading and writing. */
  readonly conflicts: Array<ParsedLine<TitleLine>>
}

async function attemptImport (deps: ImportDeps, lines: TitleLines, options: WriteOptions): Promise<AttemptResult> {
  const existing = await findExistingTitles(lines.map(({ body }) => body))
  const done: LineOutcome[] = []
  const newLines: Array<ParsedLine<TitleLine>> = []
  const matchedLines: MatchedLine[] = []
  for (const line of lines) {
    const title = matchExistingTitle(line.body, existing)
    if (title === null) newLines.push(line)
    else if ('errors' in title) done.push(rejectLine(line.line, title.errors))
    else matchedLines.push({ ...line, id: title._id })
  }
  const conflicts = await insertNewTitles(deps, newLines, options, done)
  for (const batch of splitIntoBatches(matchedLines, UPDATE_BATCH_SIZE)) {
    conflicts.push(...await updateMatchedTitles(deps, batch, options, done))
  }
  return { done, conflicts }
}

type MatchedLine = ParsedLine<TitleLine> & { readonly id: Types.ObjectId }

/** Appends outcomes to `done`. @returns the lines whose ID or external ID was taken in the meantime */
async function insertNewTitles (
  { events, now }: ImportDeps,
  lines: TitleLines,
  { isDryRun }: WriteOptions,
  done: LineOutcome[],
): Promise<Array<ParsedLine<TitleLine>>> {
  const built = lines.flatMap((line) => {
    const title = buildOrReject(line.line, done, () => buildNewTitle(importedId(line.body), line.body, now()))
    return title === null ? [] : [{ line, title, id: title._id.toString() }]
  })
  const takenIds = isDryRun ? new Set() : await insertTitles(events, built.map(({ title }) => title))
  const created = built.filter(({ id }) => !takenIds.has(id))
  done.push(
    ...created.map(({ line: { line }, title, id }) => ({ line, status: 'created' as const, id, kind: title.kind })),
  )
  return built.filter(({ id }) => takenIds.has(id)).map(({ line }) => line)
}

/** Appends outcomes to `done`. @returns the lines whose title another writer changed or removed */
async function updateMatchedTitles (
  deps: ImportDeps,
  lines: readonly MatchedLine[],
  { mode, isDryRun }: WriteOptions,
  done: LineOutcome[],
): Promise<Array<ParsedLine<TitleLine>>> {
  const stored = await findTitlesById(lines.map(({ id }) => id))
  const conflicts: Array<ParsedLine<TitleLine>> = []
  const updates: Array<{ line: MatchedLine, before: StoredTitleDocument, after: StoredTitleDocument }> = []
  for (const line of lines) {
    const before = stored.get(line.id.toString())
    if (before === undefined) {
      conflicts.push(line)
      continue
    }
    const doneBefore = done.length
    const after = buildOrReject(line.line, done, () => buildUpdatedTitle(before, line.body, mode, deps.now()))
    if (after !== null) updates.push({ line, before, after })
    else if (done.length === doneBefore) {
      done.push({ line: line.line, status: 'unchanged', id: line.id.toString(), kind: before.kind })
    }
  }
  const published = new Set(updates.flatMap(({ before, after }) => before.published ? [after] : []))
  const conflictIds = isDryRun
    ? new Set()
    : await replaceTitles(deps.events, updates.map(({ after }) => after), (after) => published.has(after))
  for (const { line, before, after } of updates) {
    const id = after._id.toString()
    if (conflictIds.has(id)) {
      conflicts.push(line)
      continue
    }
    if (!isDryRun && before.kind === 'show' && after.kind === 'show') await syncEpisodeMedia(deps, id, before, after)
    done.push({ line: line.line, status: 'updated', id, kind: after.kind })
  }
  return conflicts
}

/** Returns null and appends a rejection to `done` if the line violates a rule of the catalogue. */
function buildOrReject<T> (line: number, done: LineOutcome[], build: () => T): T | null {
  try {
    return build()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { errors } = error.extensions as { errors?: FieldError[] }
    done.push(rejectLine(line, errors ?? [{ pointer: '', message: error.detail }]))
    return null
  }
}

export const rejectLine = (line: number, errors: readonly FieldError[]): LineOutcome => ({
  line,
  status: 'rejected',
  errors,
})
