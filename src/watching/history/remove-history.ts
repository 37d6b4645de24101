// Removes plays from the history: one play, a title, or everything. All of it can be undone, except with the profile.
import mongoose from 'mongoose'
import { Account, findProfile } from '../../../models/account.js'
import { ChangeLog, recordChange } from '../../../models/change-log.js'
import { Play, type StoredPlay } from '../../../models/play.js'
import { ProfileTitlePreferences } from '../../../models/profile-title-preferences.js'
import type { StoredUndo } from '../../../models/undo.js'
import { updateWithPipeline } from '../../../models/upsert.js'
import { WatchArchive } from '../../../models/watch-archive.js'
import { WishlistOrder } from '../../../models/wishlist-order.js'
import { notFound } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { flushProfileLeases } from '../streams/flush.js'
import { findLeaseOfPlay, refreshLeases, restartLeases } from '../streams/lease-history.js'
import { isListedPlay } from './list-history.js'
import { loadWatchEntry, projectTitle } from './projection.js'
import { softDelete } from './soft-delete.js'
import { projectUnprojected } from './unprojected.js'
import { eraseUndos, storeUndo, undoTokenOf, type UndoToken } from './undo-log.js'

/**
 * Removes one play. The document stays as a tombstone, so that a late event does not bring the play back; events after
 * the removal are a new play.
 * @returns null without such a play
 */
export async function removePlay (
  watching: WatchingDeps,
  ref: ProfileRef,
  playId: string,
): Promise<UndoToken | null> {
  const play = await Play.findById(playId).lean<StoredPlay>()
  if (play === null || play.profile.toString() !== ref.profile || !isListedPlay(play)) return null
  await flushProfileLeases(watching, ref)
  const title = play.title.toString()
  const lease = await findLeaseOfPlay(ref, play)
  const undo = await storeUndo(watching, ref, title, { kind: 'removed-play', play: play._id })
  if (lease !== null) await restartLeases(ref, { streamId: lease._id.toString() }, undo.at)
  const watchedMsAtRemoval = { $add: [{ $ifNull: ['$watchedMs', 0] }, { $ifNull: ['$watchedBeforeMs', 0] }] }
  const removed = { $mergeObjects: ['$$ROOT', { removedAt: undo.at, watchedMsAtRemoval }] }
  // Two requests at once: the one that removes the play can undo it.
  const isRemoved = await updateWithPipeline(Play, play._id, [
    { $replaceWith: { $cond: [{ $eq: [{ $ifNull: ['$removedAt', null] }, null] }, removed, '$$ROOT'] } },
  ])
  await projectTitle(watching, ref, title)
  await refreshLeases(watching, ref, title)
  return isRemoved ? undoTokenOf(undo) : null
}

/** Removes the plays and marks of a title; later reports of earlier events are ignored. */
export async function removeTitleHistory (
  watching: WatchingDeps,
  ref: ProfileRef,
  titleId: string,
): Promise<UndoToken> {
  await flushProfileLeases(watching, ref)
  const entry = await loadWatchEntry(ref, titleId)
  const undo = await storeUndo(watching, ref, titleId, { kind: 'cleared-title', entry })
  await restartLeases(ref, { titleId }, undo.at)
  await softDelete(undo, 'plays', Play as never, { profile: undo.profile, title: undo.title, at: upTo(undo) })
  await projectTitle(watching, ref, titleId, { clearedAt: undo.at, hiddenAt: null, droppedAt: null })
  await refreshLeases(watching, ref, titleId)
  return undoTokenOf(undo)
}

function upTo ({ at }: StoredUndo): object {
  return mongoose.trusted({ $lte: at })
}

/**
 * Removes the whole history of a profile.
 * @throws DomainError 404 `not-found` without such a profile
 */
export async function clearHistory (watching: WatchingDeps, ref: ProfileRef): Promise<UndoToken> {
  await flushProfileLeases(watching, ref)
  await projectUnprojected(watching, ref)
  const profile = await findProfile(ref.account, ref.profile)
  if (profile === null) throw notFound('profile')
  const { historyClearedAt, archivedUntil, watchHistory: entries } = profile
  const undo = await storeUndo(watching, ref, null, {
    kind: 'cleared-history',
    historyClearedAt,
    archivedUntil,
    entries,
  })
  await restartLeases(ref, {}, undo.at)
  await Account.updateOne({ _id: ref.account }, {
    $set: {
      'profiles.$[profile].historyClearedAt': undo.at,
      'profiles.$[profile].watchHistory': [],
      'profiles.$[profile].archivedUntil': null,
    },
  }, { arrayFilters: [{ 'profile._id': undo.profile }], timestamps: false })
  // Before the plays: a report that has not seen it has stored its play, and the others notice it.
  await recordChange(ref, 'history', null)
  await softDelete(undo, 'plays', Play as never, { profile: undo.profile, at: upTo(undo) })
  await softDelete(undo, 'watcharchive', WatchArchive as never, { profile: undo.profile })
  await refreshLeases(watching, ref, null)
  await recordChange(ref, 'history', null)
  return undoTokenOf(undo)
}

/** Erases everything that is stored about a profile outside of its account, when the profile is deleted. */
export async function eraseProfileWatching (profileId: string): Promise<void> {
  await Promise.all([
    Play.deleteMany({ profile: profileId }),
    WatchArchive.deleteMany({ profile: profileId }),
    ProfileTitlePreferences.deleteMany({ profile: profileId }),
    WishlistOrder.deleteOne({ _id: profileId }),
    ChangeLog.deleteOne({ _id: profileId }),
    eraseUndos(profileId),
  ])
}
