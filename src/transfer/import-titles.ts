// A batch of an import: its lines are recognised, compared with what is stored, and written, each in its turn or none of
// what it says.
import type { Types } from 'mongoose'
import { moveMedia } from '../editing/titles.js'
import type { EditMode } from '../editing/stored-title.js'
import { DomainError, type FieldError } from '../errors.js'
import type { LineKind, TitleLine } from '../schemas/import-line.js'
import type { StorageDeps } from '../media/deps.js'
import { changedTitle, newTitle, type StoredAny } from './build-title.js'
import { findExistingTitles, idOf, matchExistingTitle } from './find-stored.js'
import { insertTitles, readTitles, replaceTitles } from './write-titles.js'

export interface ImportDeps extends StorageDeps {
  now(): Date
}

export interface WriteOptions {
  /** What becomes of what a line leaves out of a title that is there. */
  readonly mode: EditMode
  /** Says what would be done, and does nothing. */
  readonly isDryRun: boolean
}

/** A line that fits the format. */
export interface ParsedLine<Line> {
  readonly line: number
  readonly body: Line
}

export type Outcome =
  & { readonly line: number }
  & (
    | { readonly status: 'created' | 'updated' | 'unchanged', readonly id: string, readonly kind: LineKind }
    | { readonly status: 'refused', readonly errors: readonly FieldError[] }
  )

/** Whole shows are large: only so many are held beside what is told of them. */
const COMPARED_AT_ONCE = 100
/** Others may write the same titles: each time at least one of the writers gets on. */
const MAX_ATTEMPTS = 5

/** @returns what became of each line, no two of which are about one title */
export async function importTitles (
  services: ImportDeps,
  told: ReadonlyArray<ParsedLine<TitleLine>>,
  options: WriteOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let left = told
  for (let attempt = 1; left.length > 0; attempt++) {
    const { done, overtaken } = await importOnce(services, left, options)
    outcomes.push(...done)
    left = overtaken
    if (attempt === MAX_ATTEMPTS) {
      outcomes.push(
        ...left.map(({ line }) =>
          rejectedOutcome(line, [{
            pointer: '',
            message: 'has an id that is taken, or was changed by somebody else again and again: import it once more',
          }])
        ),
      )
      left = []
    }
  }
  return outcomes
}

interface Attempt {
  readonly done: Outcome[]
  /** Somebody else changed or made the title between reading and writing. */
  readonly overtaken: Array<ParsedLine<TitleLine>>
}

async function importOnce (
  services: ImportDeps,
  told: ReadonlyArray<ParsedLine<TitleLine>>,
  options: WriteOptions,
): Promise<Attempt> {
  const recognised = await findExistingTitles(told.map(({ body }) => body))
  const done: Outcome[] = []
  const fresh: Array<ParsedLine<TitleLine>> = []
  const known: Array<ParsedLine<TitleLine> & { readonly id: Types.ObjectId }> = []
  for (const one of told) {
    const title = matchExistingTitle(one.body, recognised)
    if (title === null) fresh.push(one)
    else if ('errors' in title) done.push(rejectedOutcome(one.line, title.errors))
    else known.push({ ...one, id: title._id })
  }
  const overtaken = await insertFresh(services, fresh, options, done)
  for (let at = 0; at < known.length; at += COMPARED_AT_ONCE) {
    overtaken.push(...await changeKnown(services, known.slice(at, at + COMPARED_AT_ONCE), options, done))
  }
  return { done, overtaken }
}

async function insertFresh (
  { now }: ImportDeps,
  told: ReadonlyArray<ParsedLine<TitleLine>>,
  { isDryRun }: WriteOptions,
  done: Outcome[],
): Promise<Array<ParsedLine<TitleLine>>> {
  const built = told.flatMap((one) => {
    const title = orRefused(one.line, done, () => newTitle(idOf(one.body), one.body, now()))
    return title === null ? [] : [{ one, title }]
  })
  const taken = isDryRun ? new Set() : await insertTitles(built.map(({ title }) => title))
  done.push(
    ...built.filter(({ title }) => !taken.has(title._id.toString())).map(({ one: { line }, title }) => ({
      line,
      status: 'created' as const,
      id: title._id.toString(),
      kind: title.kind,
    })),
  )
  return built.filter(({ title }) => taken.has(title._id.toString())).map(({ one }) => one)
}

async function changeKnown (
  services: ImportDeps,
  told: ReadonlyArray<ParsedLine<TitleLine> & { readonly id: Types.ObjectId }>,
  { mode, isDryRun }: WriteOptions,
  done: Outcome[],
): Promise<Array<ParsedLine<TitleLine>>> {
  const stored = await readTitles(told.map(({ id }) => id))
  const overtaken: Array<ParsedLine<TitleLine>> = []
  const changed: Array<{ one: ParsedLine<TitleLine>, before: StoredAny, after: StoredAny }> = []
  for (const one of told) {
    const before = stored.get(one.id.toString())
    if (before === undefined) {
      overtaken.push(one)
      continue
    }
    const refusedBefore = done.length
    const after = orRefused(one.line, done, () => changedTitle(before, one.body, mode, services.now()))
    if (after !== null) changed.push({ one, before, after })
    else if (done.length === refusedBefore) {
      done.push({ line: one.line, status: 'unchanged', id: one.id.toString(), kind: before.kind })
    }
  }
  const lost = isDryRun ? new Set() : await replaceTitles(changed.map(({ after }) => after))
  for (const { one, before, after } of changed) {
    const id = after._id.toString()
    if (lost.has(id)) {
      overtaken.push(one)
      continue
    }
    if (!isDryRun && before.kind === 'show' && after.kind === 'show') await moveMedia(services, id, before, after)
    done.push({ line: one.line, status: 'updated', id, kind: after.kind })
  }
  return overtaken
}

function orRefused<T> (line: number, done: Outcome[], build: () => T): T | null {
  try {
    return build()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { errors } = error.extensions as { errors?: FieldError[] }
    done.push(rejectedOutcome(line, errors ?? [{ pointer: '', message: error.detail }]))
    return null
  }
}

export const rejectedOutcome = (line: number, errors: readonly FieldError[]): Outcome => ({
  line,
  status: 'refused',
  errors,
})
