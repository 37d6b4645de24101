// Undoes actions: restores exactly what an action replaced, for 30 days. Whatever was played or decided since remains.
import { Types } from 'mongoose'
import { Account, findProfile } from '../../../models/account.js'
import { recordChange } from '../../../models/change-log.js'
import { Play, toPlayProgress, type StoredPlay } from '../../../models/play.js'
import { Undo, UNDO_DAYS, type DismissalState, type StoredUndo, type UndoableChange } from '../../../models/undo.js'
import { deriveArchivedEntryId, WatchArchive, type ArchivedEntry } from '../../../models/watch-archive.js'
import type { WatchEntry } from '../../../models/watch-entry.js'
import { DomainError, notFound } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { mergeIntoPlay } from './plays.js'
import { loadWatchEntry, projectTitle, type EntryChanges } from './projection.js'
import { cancelRun } from './rewatch.js'
import { anyIdOf, insertMissing, restore } from './soft-delete.js'
import { projectUnprojected } from './unprojected.js'

/**
 * Undoes an action; does nothing when it is undone already.
 * @throws DomainError 404 `not-found` for an action of another profile, 410 `undo-expired`
 */
export async function undoAction (watching: WatchingDeps, ref: ProfileRef, undoId: string): Promise<void> {
  const undo = await Undo.findById(undoId).lean<StoredUndo>()
  if (undo === null || undo.profile.toString() !== ref.profile) throw notFound('action to undo')
  if (undo.undoneAt !== null) return
  if (undo.expiresAt <= watching.now()) {
    throw new DomainError(410, 'undo-expired', 'Too late to undo', `An action can be undone for ${UNDO_DAYS} days.`)
  }
  await restoreChange(watching, ref, undo)
  await Undo.updateOne({ _id: undo._id }, { $set: { undoneAt: watching.now() } })
}

async function restoreChange (watching: WatchingDeps, ref: ProfileRef, undo: StoredUndo): Promise<void> {
  const { change } = undo
  const titleId = undo.title?.toString() ?? ''
  switch (change.kind) {
    case 'entry':
      await restoreDismissal(watching, ref, titleId, change)
      return
    case 'rows':
      await restoreMarks(undo, change.rows)
      await projectTitle(watching, ref, titleId)
      return
    case 'removed-play':
      await Play.updateOne({ _id: change.play }, { $set: { removedAt: null } })
      await projectTitle(watching, ref, titleId)
      return
    case 'rewatch':
      await cancelRun(watching, ref, titleId, change.since)
      await restoreDismissal(watching, ref, titleId, change)
      return
    case 'cleared-title':
      await restore(undo._id, 'plays', async (plays: StoredPlay[]) => {
        await restorePlays(ref, plays)
      })
      await projectTitle(watching, ref, titleId, await findClearedDecisions(ref, undo, change.entry))
      return
    case 'cleared-history':
      await restoreHistory(watching, ref, undo, change)
  }
}

/** Restores only the fields that still have the value of the action: a later decision remains. */
async function restoreDismissal (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
  { before, after }: { before: DismissalState, after: DismissalState },
): Promise<void> {
  const entry = await loadWatchEntry(ref, titleId)
  if (entry === null) return
  const isUnchanged = (name: keyof DismissalState): boolean => entry[name]?.getTime() === after[name]?.getTime()
  await projectTitle(watching, ref, titleId, {
    ...(isUnchanged('hiddenAt') ? { hiddenAt: before.hiddenAt } : {}),
    ...(isUnchanged('droppedAt') ? { droppedAt: before.droppedAt } : {}),
  })
}

/** A mark has the ID of its action as event ID: a mark that was written again since remains. */
async function restoreMarks (
  undo: StoredUndo,
  marks: ReadonlyArray<{ id: Types.ObjectId, before: StoredPlay | null }>,
): Promise<void> {
  if (marks.length === 0) return
  await Play.bulkWrite(marks.map(({ id, before }) => {
    const filter = { _id: id, eventId: undo._id.toString() }
    return before === null ? { deleteOne: { filter } } : { replaceOne: { filter, replacement: before } }
  }) as never)
}

/** Restores plays; merges a play into the stored one when it has continued since. */
async function restorePlays (ref: ProfileRef, plays: readonly StoredPlay[]): Promise<void> {
  const stored = await Play.find({ _id: anyIdOf(plays) }).select('_id').lean<Array<Pick<StoredPlay, '_id'>>>()
  const storedIds = new Set(stored.map(({ _id }) => _id.toString()))
  await insertMissing(Play as never, plays.filter(({ _id }) => !storedIds.has(_id.toString())))
  for (const play of plays) {
    if (play.kind !== 'play' || !storedIds.has(play._id.toString())) continue
    const subject = {
      title: play.title.toString(),
      item: play.item.toString(),
      season: play.season,
      episode: play.episode,
      titleName: play.titleName,
      itemName: play.itemName,
      mediaFile: play.mediaFile?.toString() ?? null,
    }
    await mergeIntoPlay(play._id, ref, subject, toPlayProgress(play), play.isPlayed)
  }
}

/** The decisions in the entry of a cleared title, except those that were made again since. */
async function findClearedDecisions (
  ref: ProfileRef,
  undo: StoredUndo,
  cleared: WatchEntry | null,
): Promise<EntryChanges> {
  const current = undo.title === null ? null : await loadWatchEntry(ref, undo.title.toString())
  const isStillCleared = current?.clearedAt?.getTime() === undo.at.getTime()
  return {
    hiddenAt: current?.hiddenAt ?? cleared?.hiddenAt ?? null,
    droppedAt: current?.droppedAt ?? cleared?.droppedAt ?? null,
    ...(isStillCleared ? { clearedAt: cleared?.clearedAt ?? null } : {}),
  }
}

async function restoreHistory (
  watching: WatchingDeps,
  ref: ProfileRef,
  undo: StoredUndo,
  { historyClearedAt, archivedUntil, entries }: Extract<UndoableChange, { kind: 'cleared-history' }>,
): Promise<void> {
  await restore(undo._id, 'plays', async (plays: StoredPlay[]) => {
    await restorePlays(ref, plays)
  })
  await projectUnprojected(watching, ref)
  const current = await findProfile(ref.account, ref.profile)
  const watchedSince = new Set(current?.watchHistory.map((entry) => entry.title.toString()))
  await restore(undo._id, 'watcharchive', async (archived: ArchivedEntry[]) => {
    await insertMissing(WatchArchive as never, archived.filter((entry) => !watchedSince.has(entry.title.toString())))
  })
  const profile = { 'profile._id': new Types.ObjectId(ref.profile) }
  await Account.updateOne({ _id: ref.account }, {
    $set: { 'profiles.$[profile].historyClearedAt': historyClearedAt },
  }, { arrayFilters: [{ ...profile, 'profile.historyClearedAt': undo.at }], timestamps: false })
  const whenNothingWatched = await Account.updateOne({ _id: ref.account }, {
    $set: { 'profiles.$[profile].watchHistory': entries, 'profiles.$[profile].archivedUntil': archivedUntil },
  }, {
    arrayFilters: [{ ...profile, 'profile.watchHistory.0': { $exists: false }, 'profile.archivedUntil': null }],
    timestamps: false,
  })
  if (whenNothingWatched.modifiedCount === 0) await combineHistories(watching, ref, entries, archivedUntil)
  await recordChange(ref, 'history', null)
}

/** Archives the restored entries beside those of titles watched since, and projects titles that have both. */
async function combineHistories (
  watching: WatchingDeps,
  ref: ProfileRef,
  restored: readonly WatchEntry[],
  archivedUntil: Date | null,
): Promise<void> {
  const newest = Math.max(archivedUntil?.getTime() ?? 0, ...restored.map(({ activityAt }) => activityAt.getTime()))
  const owner = { account: new Types.ObjectId(ref.account), profile: new Types.ObjectId(ref.profile) }
  await Account.updateOne(
    { _id: ref.account },
    { $max: { 'profiles.$[profile].archivedUntil': new Date(newest) } },
    { arrayFilters: [{ 'profile._id': owner.profile }], timestamps: false },
  )
  const profile = await findProfile(ref.account, ref.profile)
  const current = new Map(profile?.watchHistory.map((entry) => [entry.title.toString(), entry]))
  await insertMissing(
    WatchArchive as never,
    restored.filter(({ title }) => !current.has(title.toString()))
      .map((entry) => ({ _id: deriveArchivedEntryId(ref.profile, entry.title.toString()), ...owner, ...entry })),
  )
  const restoredByTitle = new Map(restored.map((entry) => [entry.title.toString(), entry]))
  for (const [titleId, entry] of current) {
    const before = restoredByTitle.get(titleId)
    await projectTitle(watching, ref, titleId, {
      hiddenAt: entry.hiddenAt ?? before?.hiddenAt ?? null,
      droppedAt: entry.droppedAt ?? before?.droppedAt ?? null,
    })
  }
}
