// Imports a history file: matches its plays with the catalogue, compares them with the stored plays, and merges them.
// IDs in the file never address stored plays of others: the ID of a stored play derives from profile and content.
import mongoose from 'mongoose'
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { findProfile } from '../../../models/account.js'
import { Play, toPlayProgress, derivePlayId, type StoredPlay } from '../../../models/play.js'
import { itemDurationMs } from '../../catalogue/store/catalogue.js'
import { groupBy, splitIntoBatches } from '../../domain/arrays.js'
import { isVisible, type MaturityScope } from '../../domain/maturity.js'
import { mergePlayProgress, type PlayProgress } from '../../domain/progress.js'
import { notFound } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { mergePlay, toPlaySubject } from '../history/plays.js'
import { projectTitle } from '../history/projection.js'
import { restorePlay, findClearedPlays } from '../history/soft-delete.js'
import { refreshLeases } from '../streams/lease-history.js'
import type { ImportedPlay, ImportReason } from './imported-play.js'
import { loadOtherNames } from './other-names.js'
import { indexTitles, matchItem, type FoundItem, type ItemMatch, type WantedItem } from './match-title.js'

export type ImportStatus = 'imported' | 'unchanged' | 'skipped' | 'unmatched' | 'ambiguous'

/** The result for one play of the file. */
export interface ImportOutcome {
  readonly play: ImportedPlay
  readonly status: ImportStatus
  readonly reason: ImportReason | null
  readonly match: FoundItem | null
  readonly candidates: readonly FoundItem[]
}

/** A play of the file with its match in the catalogue. */
interface IdentifiedPlay {
  readonly play: ImportedPlay
  readonly wanted: WantedItem
  /** Null for a skipped play. */
  readonly match: ItemMatch | null
  readonly found: FoundItem | null
  /** Null without an item, like `storedId`. */
  readonly playKey: string | null
  /** ID of the stored play that the import writes. */
  readonly storedId: string | null
}

interface PlannedWrite {
  readonly found: FoundItem
  readonly playKey: string
  readonly progress: PlayProgress
  /** A removed play that is the same as the imported one, and is restored first. */
  readonly removed: StoredPlay | null
}

interface Decision {
  readonly outcome: ImportOutcome
  /** The title to project; set for unchanged plays too, so that repeating an interrupted import completes it. */
  readonly titleId: string | null
  readonly write: PlannedWrite | null
}

const READ_BATCH_SIZE = 500
const WRITE_BATCH_SIZE = 8
/** Time after which the event loop serves other requests, ms. */
const CPU_SLICE_MS = 15

/**
 * Imports the plays of a file into the history of one profile. Also restores plays that were cleared or removed before,
 * because the import is an explicit request.
 * @returns one outcome per play, in the order of the file
 * @throws DomainError 404 `not-found` when the profile is deleted during the import
 */
export async function importHistory (
  watching: WatchingDeps,
  ref: ProfileRef,
  scope: MaturityScope,
  plays: readonly ImportedPlay[],
  isDryRun: boolean,
): Promise<ImportOutcome[]> {
  const identified = await identifyPlays(watching, ref, scope, plays)
  const stored = await findOwnPlays(
    ref,
    identified.flatMap(({ play, storedId }) => [play.playId, storedId].filter((id) => id !== null)),
  )
  const decisions = await mapInSlices(identified, (one) => decide(watching, stored, one))
  if (!isDryRun) await writeAll(watching, ref, decisions)
  return decisions.map(({ outcome }) => outcome)
}

async function identifyPlays (
  watching: WatchingDeps,
  ref: ProfileRef,
  scope: MaturityScope,
  plays: readonly ImportedPlay[],
): Promise<IdentifiedPlay[]> {
  const now = watching.now()
  const visible = [...watching.catalogue.titles()].filter((title) => isVisible(scope, title, now))
  const index = await indexTitles(visible, await loadOtherNames())
  const nextPlayKey = createPlayKeySequence()
  return await mapInSlices(plays, (play) => {
    const wanted = play.toWantedItem()
    const match = play.skip === null ? matchItem(index, wanted) : null
    const found = match?.kind === 'matched' ? match.found : null
    const playKey = found === null ? null : nextPlayKey(found.item.id, play.momentKey)
    const storedId = playKey === null ? null : derivePlayId(ref.profile, playKey).toString()
    return { play, wanted, match, found, playKey, storedId }
  })
}

function decide (
  watching: WatchingDeps,
  stored: ReadonlyMap<string, StoredPlay>,
  identified: IdentifiedPlay,
): Decision {
  const { play, match, found, playKey, storedId } = identified
  const outcome: ImportOutcome = { play, status: 'unmatched', reason: null, match: found, candidates: [] }
  const withoutWrite = (
    status: ImportStatus,
    reason: ImportReason | null,
    titleId: string | null = null,
  ): Decision => ({ outcome: { ...outcome, status, reason }, titleId, write: null })

  if (play.skip !== null) return withoutWrite('skipped', play.skip)
  const original = findOriginal(stored, identified)
  if (original !== null && original.removedAt === null) {
    return withoutWrite('unchanged', null, original.title.toString())
  }
  if (match?.kind === 'ambiguous') {
    return {
      ...withoutWrite('ambiguous', AMBIGUOUS),
      outcome: { ...outcome, status: 'ambiguous', reason: AMBIGUOUS, candidates: match.candidates },
    }
  }
  if (found === null || playKey === null || storedId === null) {
    const isEpisodeUnknown = match?.kind === 'unmatched' && match.isTitleKnown
    return withoutWrite('unmatched', isEpisodeUnknown ? NO_SUCH_EPISODE : NO_SUCH_TITLE)
  }

  const durationMs = itemDurationMs(watching.catalogue, found.item)
  const progress = play.toProgress({ durationMs, creditsStartMs: found.item.markers?.creditsStartMs ?? null })
  const known = original ?? stored.get(storedId) ?? null
  if (known !== null && known.removedAt === null && isAlreadyStored(known, progress, play)) {
    return withoutWrite('unchanged', null, found.title.id)
  }
  return {
    outcome: { ...outcome, status: 'imported', reason: progress.durationMs === null ? RUNTIME_UNKNOWN : null },
    titleId: found.title.id,
    write: { found, playKey, progress, removed: known === null || known.removedAt === null ? null : known },
  }
}

const AMBIGUOUS: ImportReason = { code: 'same-name', text: 'Several titles in the catalogue have this name.' }
const NO_SUCH_TITLE: ImportReason = { code: 'no-such-title', text: 'The catalogue has no title with this name.' }
const NO_SUCH_EPISODE: ImportReason = {
  code: 'no-such-episode',
  text: 'The catalogue has the title, but not this episode.',
}
const RUNTIME_UNKNOWN: ImportReason = {
  code: 'runtime-unknown',
  text: 'The play is in the history. Its runtime is unknown, so it does not count as finished or unfinished.',
}

/** Names the plays of a file; a counter distinguishes plays of the same item and moment, equally in each import. */
function createPlayKeySequence (): (itemId: string, momentKey: string) => string {
  const counts = new Map<string, number>()
  return (itemId, momentKey) => {
    const key = `import ${itemId} ${momentKey}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count === 1 ? key : `${key} #${count}`
  }
}

/** Finds plays by ID, soft-deleted ones included; IDs of other profiles find nothing. */
async function findOwnPlays (ref: ProfileRef, ids: readonly string[]): Promise<Map<string, StoredPlay>> {
  const plays = new Map<string, StoredPlay>()
  for (const batch of splitIntoBatches([...new Set(ids)], READ_BATCH_SIZE)) {
    const found = await Play.find({ _id: mongoose.trusted({ $in: batch }) } as never).lean<StoredPlay[]>()
    for (const play of [...found, ...await findClearedPlays(ref, batch)]) {
      if (play.profile.toString() === ref.profile && !plays.has(play._id.toString())) {
        plays.set(play._id.toString(), play)
      }
    }
  }
  return plays
}

/** Finds the play that was exported, when this profile has it and it is of the same item. */
function findOriginal (
  stored: ReadonlyMap<string, StoredPlay>,
  { play, wanted, found }: IdentifiedPlay,
): StoredPlay | null {
  const original = play.playId === null ? undefined : stored.get(play.playId)
  if (original === undefined || original.kind !== 'play' || !original.isPlayed) return null
  return original.item.toString() === (found?.item.id ?? wanted.itemId) ? original : null
}

/** A clamped time differs with each import, so it counts as equal to the stored one. */
function isAlreadyStored (play: StoredPlay, progress: PlayProgress, { isTimeClamped }: ImportedPlay): boolean {
  const stored = toPlayProgress(play)
  const imported = isTimeClamped
    ? {
      ...progress,
      startedAt: stored.startedAt,
      at: stored.at,
      reachedEndAt: progress.reachedEndAt === null ? null : stored.reachedEndAt,
    }
    : progress
  return isDeepStrictEqual(mergePlayProgress(stored, imported), stored)
}

/** Writes the oldest title first, so that the newest titles end up in the history that the account embeds. */
async function writeAll (watching: WatchingDeps, ref: ProfileRef, decisions: readonly Decision[]): Promise<void> {
  const ordered = [...decisions].sort((a, b) => (a.write?.progress.at ?? 0) - (b.write?.progress.at ?? 0))
  const byTitle = groupBy(ordered.filter(({ titleId }) => titleId !== null), ({ titleId }) => titleId ?? '')
  for (const [titleId, ofTitle] of byTitle) {
    if (await findProfile(ref.account, ref.profile) === null) throw notFound('profile')
    const writes = ofTitle.map(({ write }) => write).filter((write) => write !== null)
    for (const batch of splitIntoBatches(writes, WRITE_BATCH_SIZE)) {
      await Promise.all(batch.map(async (write) => {
        await writePlay(ref, write)
      }))
    }
    await projectTitle(watching, ref, titleId)
    if (writes.length > 0) await refreshLeases(watching, ref, titleId)
  }
}

/** Restores a removed play unchanged; merges every other play into the one that the import owns. */
async function writePlay (ref: ProfileRef, { found, playKey, progress, removed }: PlannedWrite): Promise<void> {
  if (removed !== null) await restorePlay(ref, removed)
  const isOriginal = removed !== null && !removed._id.equals(derivePlayId(ref.profile, playKey))
  if (!isOriginal) await mergePlay(ref, playKey, toPlaySubject(found.title, found.item), progress, true)
}

async function mapInSlices<T, R> (list: readonly T[], map: (one: T) => R): Promise<R[]> {
  const results: R[] = []
  let startedAt = performance.now()
  for (const one of list) {
    results.push(map(one))
    if (performance.now() - startedAt < CPU_SLICE_MS) continue
    await setImmediate()
    startedAt = performance.now()
  }
  return results
}
