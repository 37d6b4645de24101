// Bringing a history in: what a file tells is matched with the catalogue, compared with what is there, and written as
// plays that merge like all others. Ids in the file never name a row; a row's id is made of the profile and the content.
import mongoose from 'mongoose'
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { findProfileWatching } from '../../../models/account.js'
import { Play, toPlayProgress, derivePlayId, type StoredPlay } from '../../../models/play.js'
import { durationOf } from '../../catalogue/store/catalogue.js'
import { canSee, type MaturityScope } from '../../domain/maturity.js'
import { mergePlayProgress, type PlayProgress } from '../../domain/progress.js'
import { notFound } from '../../errors.js'
import { groupBy } from '../../domain/arrays.js'
import type { ImportedPlay, ReportReason } from './imported-play.js'
import { indexTitles, matchItem, type FoundItem, type ItemMatch, type WantedItem } from './match-title.js'
import { mergePlay } from '../history/plays.js'
import { projectTitle } from '../history/projection.js'
import { subjectOf } from '../history/record.js'
import { restorePlay, findClearedPlays } from '../history/soft-delete.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'

export type ImportStatus = 'imported' | 'unchanged' | 'skipped' | 'unmatched' | 'ambiguous'

/** What becomes of one view of a file. */
export interface ImportOutcome {
  readonly view: ImportedPlay
  readonly status: ImportStatus
  readonly reason: ReportReason | null
  readonly match: FoundItem | null
  readonly candidates: readonly FoundItem[]
}

/** What the catalogue makes of a view. */
interface IdentifiedView {
  readonly view: ImportedPlay
  readonly wanted: WantedItem
  /** Null for what is skipped. */
  readonly match: ItemMatch | null
  readonly found: FoundItem | null
  /** The sitting its row is named by; null without an item. */
  readonly sitting: string | null
  readonly rowId: string | null
}

interface PlannedPlay {
  readonly found: FoundItem
  readonly sitting: string
  readonly facts: PlayProgress
  /** A row of the same play that the viewer had removed. */
  readonly restores: StoredPlay | null
}

interface Decision {
  readonly outcome: ImportOutcome
  /** The title to fold again, also when its play was there before: an import that broke off is mended by repeating it. */
  readonly titleId: string | null
  readonly write: PlannedPlay | null
}

const READ_AT_ONCE = 500
const WRITE_AT_ONCE = 8
/** How many views are worked on before other requests have their turn. */
const TURN = 500

/**
 * Imports what a file tells into the history of one profile; an explicit wish, so it also brings back what was cleared
 * or removed before.
 * @returns what became of each view, in the order of the file
 * @throws DomainError 404 when the profile is deleted meanwhile
 */
export async function importHistory (
  watching: WatchingDeps,
  watcher: ProfileRef,
  viewer: MaturityScope,
  views: readonly ImportedPlay[],
  isDryRun: boolean,
): Promise<ImportOutcome[]> {
  const identified = await identifyAll(watching, watcher, viewer, views)
  const known = await findOwnPlays(
    watcher,
    identified.flatMap(({ view, rowId }) => [view.playId, rowId].filter((id) => id !== null)),
  )
  const decisions = await mapInTurns(identified, (one) => decide(watching, known, one))
  if (!isDryRun) {
    await writeAll(watcher, decisions, async (titleId) => {
      await projectTitle(watching, watcher, titleId)
    })
  }
  return decisions.map(({ outcome }) => outcome)
}

async function identifyAll (
  watching: WatchingDeps,
  watcher: ProfileRef,
  viewer: MaturityScope,
  views: readonly ImportedPlay[],
): Promise<IdentifiedView[]> {
  const now = watching.now()
  const index = indexTitles([...watching.catalogue.titles()].filter((title) => canSee(viewer, title, now)))
  const nameSitting = createSittingNames()
  return await mapInTurns(views, (view) => {
    const wanted = view.wanted()
    const match = view.skip === null ? matchItem(index, wanted) : null
    const found = match?.kind === 'matched' ? match.found : null
    const sitting = found === null ? null : nameSitting(found.item.id, view.moment)
    return {
      view,
      wanted,
      match,
      found,
      sitting,
      rowId: sitting === null ? null : derivePlayId(watcher.profile, sitting).toString(),
    }
  })
}

function decide (watching: WatchingDeps, known: ReadonlyMap<string, StoredPlay>, identified: IdentifiedView): Decision {
  const { view, match, found, sitting, rowId } = identified
  const outcome: ImportOutcome = { view, status: 'unmatched', reason: null, match: found, candidates: [] }
  const left = (status: ImportStatus, reason: ReportReason | null, titleId: string | null = null): Decision => ({
    outcome: { ...outcome, status, reason },
    titleId,
    write: null,
  })

  if (view.skip !== null) return left('skipped', view.skip)
  const original = originalOf(known, identified)
  if (original !== null && original.removedAt === null) return left('unchanged', null, original.title.toString())
  if (match?.kind === 'ambiguous') {
    return {
      ...left('ambiguous', AMBIGUOUS),
      outcome: { ...outcome, status: 'ambiguous', reason: AMBIGUOUS, candidates: match.candidates },
    }
  }
  if (found === null || sitting === null || rowId === null) {
    return left('unmatched', match?.kind === 'unmatched' && match.isTitleKnown ? NO_SUCH_EPISODE : NO_SUCH_TITLE)
  }

  const durationMs = durationOf(watching.catalogue, found.item)
  const facts = view.factsFor({ durationMs, creditsStartMs: found.item.markers?.creditsStartMs ?? null })
  const row = original ?? known.get(rowId) ?? null
  if (row !== null && row.removedAt === null && isAlreadyIn(row, facts, view)) {
    return left('unchanged', null, found.title.id)
  }
  return {
    outcome: { ...outcome, status: 'imported', reason: facts.durationMs === null ? RUNTIME_UNKNOWN : null },
    titleId: found.title.id,
    write: { found, sitting, facts, restores: row === null || row.removedAt === null ? null : row },
  }
}

const AMBIGUOUS: ReportReason = { code: 'same-name', text: 'Several things in the catalogue are called so.' }
const NO_SUCH_TITLE: ReportReason = { code: 'no-such-title', text: 'The catalogue has nothing of this name.' }
const NO_SUCH_EPISODE: ReportReason = {
  code: 'no-such-episode',
  text: 'The title is in the catalogue, this part of it is not.',
}
const RUNTIME_UNKNOWN: ReportReason = {
  code: 'runtime-unknown',
  text: 'It is in the history; without its runtime nobody can say whether it was watched to the end.',
}

/** Names the sitting of a view: what else of its item began at its moment gets another name, the same each time. */
function createSittingNames (): (itemId: string, moment: string) => string {
  const seen = new Map<string, number>()
  return (itemId, moment) => {
    const key = `import ${itemId} ${moment}`
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count === 1 ? key : `${key} #${count}`
  }
}

/** Plays by id, of this profile only, whatever ids were asked for. */
async function findOwnPlays (watcher: ProfileRef, ids: readonly string[]): Promise<Map<string, StoredPlay>> {
  const plays = new Map<string, StoredPlay>()
  for (const some of chunksOf([...new Set(ids)], READ_AT_ONCE)) {
    const found = await Play.find({ _id: mongoose.trusted({ $in: some }) } as never).lean<StoredPlay[]>()
    for (const play of [...found, ...await findClearedPlays(watcher, some)]) {
      if (play.profile.toString() === watcher.profile && !plays.has(play._id.toString())) {
        plays.set(play._id.toString(), play)
      }
    }
  }
  return plays
}

/** The very play that a view was exported from, when this profile still has it and it is of the same item. */
function originalOf (
  known: ReadonlyMap<string, StoredPlay>,
  { view, wanted, found }: IdentifiedView,
): StoredPlay | null {
  const play = view.playId === null ? undefined : known.get(view.playId)
  if (play === undefined || play.kind !== 'play' || !play.isPlayed) return null
  return play.item.toString() === (found?.item.id ?? wanted.itemId) ? play : null
}

/** A time that was set back to now is another one with each import: it counts as the one that is stored. */
function isAlreadyIn (row: StoredPlay, facts: PlayProgress, { isSetBack }: ImportedPlay): boolean {
  const stored = toPlayProgress(row)
  const told = isSetBack
    ? { ...facts, startedAt: stored.startedAt, at: stored.at, endAt: facts.endAt === null ? null : stored.endAt }
    : facts
  return isDeepStrictEqual(mergePlayProgress(stored, told), stored)
}

/** Oldest title first, so that the newest end up in the profile's recent history. */
async function writeAll (
  watcher: ProfileRef,
  decisions: readonly Decision[],
  foldTitle: (titleId: string) => Promise<void>,
): Promise<void> {
  const ordered = [...decisions].sort((a, b) => (a.write?.facts.at ?? 0) - (b.write?.facts.at ?? 0))
  for (const [titleId, ofTitle] of groupBy(ordered.filter((one) => one.titleId !== null), (one) => one.titleId ?? '')) {
    if (await findProfileWatching(watcher.account, watcher.profile) === null) throw notFound('profile')
    const writes = ofTitle.map(({ write }) => write).filter((write) => write !== null)
    for (const some of chunksOf(writes, WRITE_AT_ONCE)) {
      await Promise.all(some.map(async (play) => {
        await writePlay(watcher, play)
      }))
    }
    await foldTitle(titleId)
  }
}

/** A removed play comes back as it was; everything else is merged into the row that the import gave it. */
async function writePlay (watcher: ProfileRef, { found, sitting, facts, restores }: PlannedPlay): Promise<void> {
  if (restores !== null) await restorePlay(watcher, restores)
  const isOriginal = restores !== null && !restores._id.equals(derivePlayId(watcher.profile, sitting))
  if (!isOriginal) await mergePlay(watcher, sitting, subjectOf(found.title, found.item), facts, true)
}

async function mapInTurns<T, R> (list: readonly T[], map: (one: T) => R): Promise<R[]> {
  const results: R[] = []
  for (const some of chunksOf(list, TURN)) {
    results.push(...some.map(map))
    await setImmediate()
  }
  return results
}

function* chunksOf<T> (list: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size)
}
