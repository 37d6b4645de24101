// The wishlist of a profile: title IDs, newest first in the account and bounded by its schema. The profile's own order
// is a separate document.
import { Types } from 'mongoose'
import { Account, MAX_WISHLIST_TITLES, findProfile } from '../../../models/account.js'
import { recordChange } from '../../../models/change-log.js'
import { upsertOnce } from '../../../models/upsert.js'
import { findWishlistOrder, WishlistOrder } from '../../../models/wishlist-order.js'
import type { CatalogueTitle } from '../../catalogue/store/catalogue.js'
import type { ItemState } from '../../domain/item-state.js'
import { arrangeWishlist, moveToFront } from '../../domain/wishlist-page.js'
import { conflict, fail, notFound } from '../../errors.js'
import type { ProfileRef } from '../deps.js'

/**
 * Adds a title to the front of the wishlist; does nothing when it is there already.
 * @throws DomainError 404 `not-found` without such a profile, 409 `wishlist-full`
 */
export async function addToWishlist (ref: ProfileRef, titleId: string): Promise<void> {
  const title = new Types.ObjectId(titleId)
  const result = await Account.updateOne({ _id: ref.account }, {
    $push: { 'profiles.$[profile].wishlist': { $each: [title], $position: 0 } },
  }, {
    arrayFilters: [{
      'profile._id': new Types.ObjectId(ref.profile),
      'profile.wishlist': { $ne: title },
      [`profile.wishlist.${MAX_WISHLIST_TITLES - 1}`]: { $exists: false },
    }],
    timestamps: false,
  })
  if (result.modifiedCount === 0) {
    // The update also changes nothing when the profile was removed at the same time.
    const { wishlist } = await findProfile(ref.account, ref.profile) ?? fail(notFound('profile'))
    if (!wishlist.some((id) => id.equals(title))) throw wishlistFull()
  }
  // Also for a title that was there already: an earlier attempt may have failed before this.
  await recordChange(ref, 'wishlist', titleId)
}

function wishlistFull (): Error {
  return conflict(
    'wishlist-full',
    'The wishlist is full',
    `A wishlist has up to ${MAX_WISHLIST_TITLES} titles. Remove one first.`,
    { maxTitles: MAX_WISHLIST_TITLES },
  )
}

export async function removeFromWishlist (ref: ProfileRef, titleId: string): Promise<void> {
  await removeTitle(ref, titleId, {})
  await recordChange(ref, 'wishlist', titleId)
}

/**
 * Removes a movie from the wishlist when it is finished, if the profile has that setting. A movie that is being
 * rewatched remains.
 */
export async function removeIfWatched (
  ref: ProfileRef,
  title: Pick<CatalogueTitle, 'id' | 'kind'> | null,
  state: Pick<ItemState, 'finished' | 'isResumable'> | null,
): Promise<void> {
  if (title?.kind !== 'movie' || state?.finished !== true || state.isResumable) return
  if (await removeTitle(ref, title.id, { 'profile.dropWatchedMovies': true })) {
    await recordChange(ref, 'wishlist', title.id)
  }
}

/**
 * @param condition further conditions on the profile
 * @returns true when the title was on the wishlist
 */
async function removeTitle (ref: ProfileRef, titleId: string, condition: Record<string, unknown>): Promise<boolean> {
  const title = new Types.ObjectId(titleId)
  const result = await Account.updateOne(
    { _id: ref.account },
    { $pull: { 'profiles.$[profile].wishlist': title } },
    { arrayFilters: [{ 'profile._id': new Types.ObjectId(ref.profile), ...condition }], timestamps: false },
  )
  // A title that is added again goes to the front, not to its old position.
  if (result.modifiedCount > 0) await WishlistOrder.updateOne({ _id: ref.profile }, { $pull: { titles: title } })
  return result.modifiedCount > 0
}

export interface OrderedWishlist {
  readonly ids: string[]
  /** Version of the profile's own order; 0 without one. */
  readonly revision: number
}

/** Loads the wishlist in the profile's own order. */
export async function loadOrderedWishlist (
  ref: ProfileRef,
  newestFirst: readonly string[],
): Promise<OrderedWishlist> {
  const order = await findWishlistOrder(ref.profile)
  return { ids: arrangeWishlist(newestFirst, order?.titles.map(String) ?? null), revision: order?.revision ?? 0 }
}

/**
 * Moves titles to the front in the given order; the others keep theirs.
 * @throws DomainError 404 `not-found` without such a profile, 409 `not-on-wishlist` with the titles that are not on it
 *   or that the profile may not see
 */
export async function reorderWishlist (
  ref: ProfileRef,
  titleIds: readonly string[],
  isVisible: (titleId: string) => boolean,
): Promise<void> {
  const profile = await findProfile(ref.account, ref.profile)
  if (profile === null) throw notFound('profile')
  const { ids } = await loadOrderedWishlist(ref, profile.wishlist.map(String))
  const present = new Set(ids)
  const missing = titleIds.filter((id) => !present.has(id) || !isVisible(id))
  if (missing.length > 0) {
    throw conflict(
      'not-on-wishlist',
      'Not on the wishlist',
      'Only titles on the wishlist can be ordered. Add the missing titles first, or leave them out.',
      { titleIds: missing },
    )
  }
  const ordered = moveToFront(ids, titleIds)
  // Writing an unchanged order would invalidate cursors.
  const isUnchanged = (await findWishlistOrder(ref.profile))?.titles.map(String).join() === ordered.join()
  if (isUnchanged) return
  await writeOrder(ref, ordered)
  await recordChange(ref, 'wishlist', null)
}

async function writeOrder (ref: ProfileRef, ids: readonly string[]): Promise<void> {
  const update = {
    $set: { account: new Types.ObjectId(ref.account), titles: ids.map((id) => new Types.ObjectId(id)) },
    $inc: { revision: 1 },
  }
  await upsertOnce(async () => await WishlistOrder.updateOne({ _id: ref.profile }, update, { upsert: true }))
}
