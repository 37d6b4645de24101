// Undoes actions: restores exactly what an action replaced, for 30 days. Plays and decisions made since remain.
// Actions can be undone in any order: each undo repeats the undos that it had hidden from their documents.
import { Types } from 'mongoose'
import { Account, findProfile } from '../../../models/account.js'
import { recordChange } from '../../../models/change-log.js'
import type { StoredPlay } from '../../../models/play.js'
import { Undo, UNDO_DAYS, type StoredUndo, type UndoableChange } from '../../../models/undo.js'
import {
  deriveArchivedEntryId,
  findArchivedEntries,
  WatchArchive,
  type ArchivedEntry,
} from '../../../models/watch-archive.js'
import type { WatchEntry } from '../../../models/watch-entry.js'
import { DomainError, notFound } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { refreshLeases } from '../streams/lease-history.js'
import { projectTitle } from './projection.js'
import { repeatUndos } from './repeat-undos.js'
import {
  combineDecisions,
  findClearedDecisions,
  restoreDismissal,
  restoreHistoryClearedAt,
} from './restore-decisions.js'
import { restoreMarks, restoreMarksFoundSince, restorePlays, restoreRemovedPlay } from './restore-plays.js'
import { cancelRun } from './rewatch.js'
import { insertMissing, restore } from './soft-delete.js'
import { startUndo } from './undo-log.js'
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
  await startUndo(watching, undo)
  await restoreChange(watching, ref, undo)
  await repeatUndos(watching, ref, undo)
  await refreshLeases(watching, ref, undo.title?.toString() ?? null)
  await Undo.updateOne({ _id: undo._id }, { $set: { undoneAt: watching.now() } })
}

async function restoreChange (watching: WatchingDeps, ref: ProfileRef, undo: StoredUndo): Promise<void> {
  const { change } = undo
  const titleId = undo.title?.toString() ?? ''
  switch (change.kind) {
    case 'entry':
      await restoreDismissal(watching, ref, undo, change)
      return
    case 'rows':
      await restoreMarks(undo, change.rows)
      await restoreMarksFoundSince(undo, change.rows)
      await projectTitle(watching, ref, titleId)
      return
    case 'removed-play':
      await restoreRemovedPlay(undo, change.play)
      await projectTitle(watching, ref, titleId)
      return
    case 'rewatch':
      await cancelRun(watching, ref, titleId, change.since)
      // Also when an attempt that crashed has cancelled the run.
      await projectTitle(watching, ref, titleId)
      await restoreDismissal(watching, ref, undo, change)
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
  await restore(undo._id, 'watcharchive', async (archived: ArchivedEntry[]) => {
    await restoreArchived(watching, ref, current?.watchHistory ?? [], archived)
  })
  await restoreHistoryClearedAt(ref, undo, historyClearedAt)
  const whenNothingWatched = await Account.updateOne({ _id: ref.account }, {
    $set: { 'profiles.$[profile].watchHistory': entries, 'profiles.$[profile].archivedUntil': archivedUntil },
  }, {
    arrayFilters: [{
      'profile._id': undo.profile,
      'profile.watchHistory.0': { $exists: false },
      'profile.archivedUntil': null,
    }],
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
  const current = profile?.watchHistory ?? []
  const currentTitles = new Set(current.map(({ title }) => title.toString()))
  const archived = restored.filter(({ title }) => !currentTitles.has(title.toString()))
    .map((entry) => ({ _id: deriveArchivedEntryId(ref.profile, entry.title.toString()), ...owner, ...entry }))
  await restoreArchived(watching, ref, current, archived)
  const restoredByTitle = new Map(restored.map((entry) => [entry.title.toString(), entry]))
  for (const entry of current) {
    const titleId = entry.title.toString()
    await projectTitle(watching, ref, titleId, combineDecisions(entry, restoredByTitle.get(titleId)))
  }
}

/** Archives restored entries. A title that has an entry since is projected, with the decisions of both. */
async function restoreArchived (
  watching: WatchingDeps,
  ref: ProfileRef,
  embedded: readonly WatchEntry[],
  restored: readonly ArchivedEntry[],
): Promise<void> {
  const archived = await findArchivedEntries(ref.profile, restored.map(({ title }) => title.toString()))
  const current = new Map([...archived, ...embedded].map((entry) => [entry.title.toString(), entry]))
  await insertMissing(WatchArchive as never, restored.filter(({ title }) => !current.has(title.toString())))
  for (const before of restored) {
    const titleId = before.title.toString()
    const entry = current.get(titleId)
    // The same revision: an attempt that crashed restored it.
    if (entry === undefined || entry.revision === before.revision) continue
    await projectTitle(watching, ref, titleId, combineDecisions(entry, before))
  }
}
