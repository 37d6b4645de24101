// A profile's wishlist: ids of movies and shows, newest first in the account and bounded by its schema; the order of its
// own is a document beside it.
import { Types } from 'mongoose'
import { Account, MAX_WISHLIST_TITLES, findProfileWatching } from '../../../models/account.js'
import { recordChange } from '../../../models/change-log.js'
import { isDuplicateKey } from '../../../models/upsert.js'
import { findWishlistOrder, WishlistOrder } from '../../../models/wishlist-order.js'
import type { CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { ItemState } from '../../domain/progress.js'
import { arrangeWishlist, moveToFront } from '../../domain/wishlist-page.js'
import { conflict, notFound } from '../../errors.js'
import type { ProfileRef } from '../watching.js'

/** Puts a title on the wishlist; again does nothing. @throws DomainError 409 `wishlist-full` */
export async function addToWishlist (watcher: ProfileRef, titleId: string): Promise<void> {
  const title = new Types.ObjectId(titleId)
  const result = await Account.updateOne({ _id: watcher.account }, {
    $push: { 'profiles.$[profile].wishlist': { $each: [title], $position: 0 } },
  }, {
    arrayFilters: [{
      'profile._id': new Types.ObjectId(watcher.profile),
      'profile.wishlist': { $ne: title },
      [`profile.wishlist.${MAX_WISHLIST_TITLES - 1}`]: { $exists: false },
    }],
    timestamps: false,
  })
  const isThere = result.modifiedCount > 0 ||
    (await findProfileWatching(watcher.account, watcher.profile))?.wishlist.some((one) => one.equals(title)) === true
  if (!isThere) {
    throw conflict(
      'wishlist-full',
      'The wishlist is full',
      `A wishlist holds up to ${MAX_WISHLIST_TITLES} titles. Remove one first.`,
      { maxTitles: MAX_WISHLIST_TITLES },
    )
  }
  // Also when it was there already: whoever tries again may have been cut off before this.
  await recordChange(watcher, 'wishlist', titleId)
}

export async function removeFromWishlist (watcher: ProfileRef, titleId: string): Promise<void> {
  await takeOff(watcher, titleId, {})
  await recordChange(watcher, 'wishlist', titleId)
}

/**
 * Takes a movie off the wishlist once it was watched to its end, if the profile wants that. One that is being watched
 * again stays.
 */
export async function dropIfWatched (
  watcher: ProfileRef,
  title: Pick<CatalogueTitle, 'id' | 'kind'> | null,
  state: Pick<ItemState, 'finished' | 'isResumable'> | null,
): Promise<void> {
  if (title?.kind !== 'movie' || state?.finished !== true || state.isResumable) return
  if (await takeOff(watcher, title.id, { 'profile.dropWatchedMovies': true })) {
    await recordChange(watcher, 'wishlist', title.id)
  }
}

/** @returns whether it was there */
async function takeOff (watcher: ProfileRef, titleId: string, onlyIf: Record<string, unknown>): Promise<boolean> {
  const title = new Types.ObjectId(titleId)
  const result = await Account.updateOne(
    { _id: watcher.account },
    { $pull: { 'profiles.$[profile].wishlist': title } },
    { arrayFilters: [{ 'profile._id': new Types.ObjectId(watcher.profile), ...onlyIf }], timestamps: false },
  )
  // Added again some day, it comes to the front and not to the place it had.
  if (result.modifiedCount > 0) await WishlistOrder.updateOne({ _id: watcher.profile }, { $pull: { titles: title } })
  return result.modifiedCount > 0
}

export interface ArrangedWishlist {
  readonly ids: string[]
  /** Tells one own order from the next; 0 before the first. */
  readonly revision: number
}

/** The ids in the profile's own order, from what is on the list and what was arranged. */
export async function readOwnOrder (watcher: ProfileRef, newestFirst: readonly string[]): Promise<ArrangedWishlist> {
  const stored = await findWishlistOrder(watcher.profile)
  return { ids: arrangeWishlist(newestFirst, stored?.titles.map(String) ?? null), revision: stored?.revision ?? 0 }
}

/**
 * Puts titles first, in the order given; the others follow in the order they have.
 * @throws DomainError 404 without such a profile, 409 `not-on-wishlist` naming those that are not there for this viewer
 */
export async function reorderWishlist (
  watcher: ProfileRef,
  titleIds: readonly string[],
  isVisible: (titleId: string) => boolean,
): Promise<void> {
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  if (profile === null) throw notFound('profile')
  const { ids } = await readOwnOrder(watcher, profile.wishlist.map(String))
  const present = new Set(ids)
  const missing = titleIds.filter((id) => !present.has(id) || !isVisible(id))
  if (missing.length > 0) {
    throw conflict(
      'not-on-wishlist',
      'Not on the wishlist',
      'Only titles that are on the wishlist can be put in order. Add these first, or leave them out.',
      { titleIds: missing },
    )
  }
  const ordered = moveToFront(ids, titleIds)
  // Cursors of an order stay good while it does.
  const isKept = (await findWishlistOrder(watcher.profile))?.titles.map(String).join() === ordered.join()
  if (isKept) return
  await writeOrder(watcher, ordered)
  await recordChange(watcher, 'wishlist', null)
}

async function writeOrder (watcher: ProfileRef, ids: readonly string[]): Promise<void> {
  const update = {
    $set: { account: new Types.ObjectId(watcher.account), titles: ids.map((id) => new Types.ObjectId(id)) },
    $inc: { revision: 1 },
  }
  try {
    await WishlistOrder.updateOne({ _id: watcher.profile }, update, { upsert: true })
  } catch (error) {
    // Two first orders at once: the other made the document, so this is an update now.
    if (!isDuplicateKey(error)) throw error
    await WishlistOrder.updateOne({ _id: watcher.profile }, update)
  }
}
