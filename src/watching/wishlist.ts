// A profile's wishlist: ids of movies and shows, newest first, bounded by the schema.
import { Types } from 'mongoose'
import { Account, WISHLIST_LIMIT, findProfileWatching } from '../../models/account.js'
import { conflict } from '../errors.js'
import type { Watcher } from './watching.js'

/** Puts a title on the wishlist; again does nothing. @throws DomainError 409 `wishlist-full` */
export async function addToWishlist (watcher: Watcher, titleId: string): Promise<void> {
  const title = new Types.ObjectId(titleId)
  const result = await Account.updateOne({ _id: watcher.account },
    { $push: { 'profiles.$[profile].wishlist': { $each: [title], $position: 0 } } },
    {
      arrayFilters: [{
        'profile._id': new Types.ObjectId(watcher.profile),
        'profile.wishlist': { $ne: title },
        [`profile.wishlist.${WISHLIST_LIMIT - 1}`]: { $exists: false },
      }],
      timestamps: false,
    })
  if (result.modifiedCount > 0) return
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  if (profile?.wishlist.some((one) => one.equals(title)) === true) return
  throw conflict('wishlist-full', 'The wishlist is full', `A wishlist holds up to ${WISHLIST_LIMIT} titles. Remove one first.`, { maxTitles: WISHLIST_LIMIT })
}

export async function removeFromWishlist (watcher: Watcher, titleId: string): Promise<void> {
  await Account.updateOne({ _id: watcher.account },
    { $pull: { 'profiles.$[profile].wishlist': new Types.ObjectId(titleId) } },
    { arrayFilters: [{ 'profile._id': new Types.ObjectId(watcher.profile) }], timestamps: false })
}

/**
 * One page of the wishlist. The cursor is the id that ended the page before; when that one was taken off meanwhile, the
 * page begins again at the front, which repeats but never skips.
 * @param order every id in the stored order
 * @param visible the titles that this viewer may see, in the same order
 */
export function pageOfWishlist<T extends { readonly id: string }> (order: readonly string[], visible: readonly T[], after: string | null, limit: number): { titles: T[], next: string | null } {
  const place = new Map(order.map((id, i) => [id, i]))
  const from = after === null ? -1 : place.get(after) ?? -1
  const rest = visible.filter((title) => (place.get(title.id) ?? -1) > from)
  const titles = rest.slice(0, limit)
  return { titles, next: rest.length > limit ? titles.at(-1)?.id ?? null : null }
}
