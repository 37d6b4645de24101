// Restores decisions about titles that an action replaced: hidden, dropped and cleared.
import { Account, findProfile } from '../../../models/account.js'
import type { DismissalState, StoredUndo } from '../../../models/undo.js'
import type { WatchEntry } from '../../../models/watch-entry.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { findWatchEntry, loadWatchEntry, projectTitle, type EntryChanges } from './projection.js'
import { clearedUntil } from './watch-entries.js'

/**
 * Restores only the fields that still have the value of the action: a later decision remains. The value null does not
 * tell whose it is: after a clearing it is not the action's.
 * @param isOfAction whether a field that is null may be the action's
 */
export async function restoreDismissal (
  watching: WatchingDeps,
  ref: ProfileRef,
  { title, at }: StoredUndo,
  { before, after }: { before: DismissalState, after: DismissalState },
  isOfAction: (name: keyof DismissalState) => boolean = () => true,
): Promise<void> {
  const titleId = title?.toString() ?? ''
  const profile = await findProfile(ref.account, ref.profile)
  const entry = profile === null ? null : await findWatchEntry(profile, titleId)
  if (profile === null || entry === null) return
  const isClearedSince = clearedUntil(profile, entry) > at.getTime()
  const isUnchanged = (name: keyof DismissalState): boolean =>
    entry[name]?.getTime() === after[name]?.getTime() && before[name]?.getTime() !== after[name]?.getTime() &&
    (after[name] !== null || (!isClearedSince && isOfAction(name)))
  const changes: EntryChanges = {
    ...(isUnchanged('hiddenAt') ? { hiddenAt: before.hiddenAt } : {}),
    ...(isUnchanged('droppedAt') ? { droppedAt: before.droppedAt } : {}),
  }
  if (Object.keys(changes).length > 0) await projectTitle(watching, ref, titleId, changes)
}

/** Restores when a history was cleared before, unless it was cleared again since. */
export async function restoreHistoryClearedAt (
  ref: ProfileRef,
  { profile, at }: StoredUndo,
  historyClearedAt: Date | null,
): Promise<void> {
  await Account.updateOne({ _id: ref.account }, {
    $set: { 'profiles.$[profile].historyClearedAt': historyClearedAt },
  }, {
    arrayFilters: [{ 'profile._id': profile, 'profile.historyClearedAt': at }],
    timestamps: false,
  })
}

/** The decisions in the entry of a cleared title, except those that were made again since. */
export async function findClearedDecisions (
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

/** The decisions of an entry that is written again since, and those before where it has none. */
export function combineDecisions (
  current: WatchEntry,
  before: WatchEntry | undefined,
): Pick<WatchEntry, 'hiddenAt' | 'droppedAt' | 'clearedAt'> {
  return {
    hiddenAt: current.hiddenAt ?? before?.hiddenAt ?? null,
    droppedAt: current.droppedAt ?? before?.droppedAt ?? null,
    clearedAt: current.clearedAt ?? before?.clearedAt ?? null,
  }
}
