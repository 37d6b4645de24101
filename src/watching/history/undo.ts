// Undo: each action that takes something from a viewer's sight remembers what was there, and for 30 days it can be brought
// back exactly. What was watched since stays.
import { Types } from 'mongoose'
import { Account, findProfileWatching } from '../../../models/account.js'
import { recordChange } from '../../../models/change-log.js'
import { Play, toPlayProgress, type StoredPlay } from '../../../models/play.js'
import { Undo, UNDO_DAYS, type DismissalState, type StoredUndo, type UndoneChange } from '../../../models/undo.js'
import { deriveArchivedEntryId, WatchArchive, type ArchivedEntry } from '../../../models/watch-archive.js'
import type { WatchEntry } from '../../../models/watch-entry.js'
import { DomainError, notFound } from '../../errors.js'
import { timeOrNull } from '../dates.js'
import { endRun } from './rewatch.js'
import { mergeIntoPlay } from './plays.js'
import { findEntry, projectTitle, type EntryChanges } from './projection.js'
import { among, insertMissing, restore } from './soft-delete.js'
import type { ProfileRef, WatchingDeps } from '../watching.js'

/**
 * Takes an action back; a second time does nothing.
 * @throws DomainError 404 when it is not this profile's, 410 `undo-expired`
 */
export async function undo (watching: WatchingDeps, watcher: ProfileRef, undoId: string): Promise<void> {
  const action = await Undo.findById(undoId).lean<StoredUndo>()
  if (action === null || action.profile.toString() !== watcher.profile) throw notFound('action to undo')
  if (action.undoneAt !== null) return
  if (action.expiresAt <= watching.now()) {
    throw new DomainError(410, 'undo-expired', 'Too late to undo', `An action can be undone for ${UNDO_DAYS} days.`)
  }
  await takeActionBack(watching, watcher, action)
  await Undo.updateOne({ _id: action._id }, { $set: { undoneAt: watching.now() } })
}

async function takeActionBack (watching: WatchingDeps, watcher: ProfileRef, action: StoredUndo): Promise<void> {
  const { change } = action
  const title = action.title?.toString() ?? ''
  switch (change.kind) {
    case 'entry':
      await restoreMarks(watching, watcher, title, change)
      return
    case 'rows':
      await restoreRows(action, change.rows)
      await projectTitle(watching, watcher, title)
      return
    case 'removed-play':
      await Play.updateOne({ _id: change.play }, { $set: { removedAt: null } })
      await projectTitle(watching, watcher, title)
      return
    case 'rewatch':
      await endRun(watching, watcher, title, change.since)
      await restoreMarks(watching, watcher, title, change)
      return
    case 'cleared-title':
      await restore(action._id, 'plays', async (rows: StoredPlay[]) => {
        await restorePlays(watcher, rows)
      })
      await projectTitle(watching, watcher, title, await marksToRestore(watcher, action, change.entry))
      return
    case 'cleared-history':
      await restoreHistory(watching, watcher, action, change)
  }
}

/** Only what the action wrote is taken back: a later decision stays. */
async function restoreMarks (
  watching: WatchingDeps,
  watcher: ProfileRef,
  titleId: string,
  { before, after }: { before: DismissalState, after: DismissalState },
): Promise<void> {
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  const entry = profile === null ? null : await findEntry(profile, titleId)
  if (entry === null) return
  const isAsLeft = (name: keyof DismissalState): boolean => timeOrNull(entry[name]) === timeOrNull(after[name])
  const changes: EntryChanges = {
    ...(isAsLeft('hiddenAt') ? { hiddenAt: before.hiddenAt } : {}),
    ...(isAsLeft('droppedAt') ? { droppedAt: before.droppedAt } : {}),
  }
  await projectTitle(watching, watcher, titleId, changes)
}

/** Rows that an action wrote carry its id: those that were written again since are left alone. */
async function restoreRows (
  action: StoredUndo,
  rows: ReadonlyArray<{ id: Types.ObjectId, before: StoredPlay | null }>,
): Promise<void> {
  if (rows.length === 0) return
  await Play.bulkWrite(rows.map(({ id, before }) => {
    const filter = { _id: id, eventId: action._id.toString() }
    return before === null ? { deleteOne: { filter } } : { replaceOne: { filter, replacement: before } }
  }) as never)
}

/** Brings plays back; one that went on since takes in what it was. */
async function restorePlays (watcher: ProfileRef, rows: readonly StoredPlay[]): Promise<void> {
  const present = new Set(
    (await Play.find({ _id: among(rows) }).select('_id').lean<Array<Pick<StoredPlay, '_id'>>>()).map(({ _id }) =>
      _id.toString()
    ),
  )
  await insertMissing(Play as never, rows.filter(({ _id }) => !present.has(_id.toString())))
  for (const row of rows) {
    if (row.kind !== 'play' || !present.has(row._id.toString())) continue
    const subject = {
      title: row.title.toString(),
      item: row.item.toString(),
      season: row.season,
      episode: row.episode,
      titleName: row.titleName,
      itemName: row.itemName,
      mediaFile: row.mediaFile?.toString() ?? null,
    }
    await mergeIntoPlay(row._id, watcher, subject, toPlayProgress(row), row.isPlayed)
  }
}

/** What a cleared entry said beside its plays, unless something was decided since. */
async function marksToRestore (
  watcher: ProfileRef,
  action: StoredUndo,
  entry: WatchEntry | null,
): Promise<EntryChanges> {
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  const present = profile === null || action.title === null ? null : await findEntry(profile, action.title.toString())
  const isStillCleared = timeOrNull(present?.clearedAt) === action.at.getTime()
  return {
    hiddenAt: present?.hiddenAt ?? entry?.hiddenAt ?? null,
    droppedAt: present?.droppedAt ?? entry?.droppedAt ?? null,
    ...(isStillCleared ? { clearedAt: entry?.clearedAt ?? null } : {}),
  }
}

async function restoreHistory (
  watching: WatchingDeps,
  watcher: ProfileRef,
  action: StoredUndo,
  { historyClearedAt, archivedUntil, entries }: Extract<UndoneChange, { kind: 'cleared-history' }>,
): Promise<void> {
  await restore(action._id, 'plays', async (rows: StoredPlay[]) => {
    await restorePlays(watcher, rows)
  })
  const watchedSince = new Set(
    (await findProfileWatching(watcher.account, watcher.profile))?.watchHistory.map((entry) => entry.title.toString()),
  )
  await restore(action._id, 'watcharchive', async (archived: ArchivedEntry[]) => {
    await insertMissing(WatchArchive as never, archived.filter((entry) => !watchedSince.has(entry.title.toString())))
  })
  const profile = { 'profile._id': new Types.ObjectId(watcher.profile) }
  await Account.updateOne({ _id: watcher.account }, {
    $set: { 'profiles.$[profile].historyClearedAt': historyClearedAt },
  }, { arrayFilters: [{ ...profile, 'profile.historyClearedAt': action.at }], timestamps: false })
  const untouched = await Account.updateOne({ _id: watcher.account }, {
    $set: { 'profiles.$[profile].watchHistory': entries, 'profiles.$[profile].archivedUntil': archivedUntil },
  }, {
    arrayFilters: [{ ...profile, 'profile.watchHistory.0': { $exists: false }, 'profile.archivedUntil': null }],
    timestamps: false,
  })
  if (untouched.modifiedCount === 0) await restoreBeside(watching, watcher, entries, archivedUntil)
  await recordChange(watcher, 'history', null)
}

/** Something was watched since: the old entries go to the archive, and titles that have both are folded again. */
async function restoreBeside (
  watching: WatchingDeps,
  watcher: ProfileRef,
  entries: readonly WatchEntry[],
  archivedUntil: Date | null,
): Promise<void> {
  const newest = entries.reduce(
    (latest, entry) => Math.max(latest, entry.activityAt.getTime()),
    timeOrNull(archivedUntil) ?? 0,
  )
  const owner = { account: new Types.ObjectId(watcher.account), profile: new Types.ObjectId(watcher.profile) }
  await Account.updateOne(
    { _id: watcher.account },
    { $max: { 'profiles.$[profile].archivedUntil': new Date(newest) } },
    { arrayFilters: [{ 'profile._id': owner.profile }], timestamps: false },
  )
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  const present = new Map(profile?.watchHistory.map((entry) => [entry.title.toString(), entry]))
  await insertMissing(
    WatchArchive as never,
    entries.filter(({ title }) => !present.has(title.toString()))
      .map((entry) => ({ _id: deriveArchivedEntryId(watcher.profile, entry.title.toString()), ...owner, ...entry })),
  )
  const old = new Map(entries.map((entry) => [entry.title.toString(), entry]))
  for (const [titleId, entry] of present) {
    const before = old.get(titleId)
    await projectTitle(watching, watcher, titleId, {
      hiddenAt: entry.hiddenAt ?? before?.hiddenAt ?? null,
      droppedAt: entry.droppedAt ?? before?.droppedAt ?? null,
    })
  }
}
