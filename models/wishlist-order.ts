// The order that a profile gave its wishlist, apart from the account, which stays small. It may name titles that have left
// the list and lack those added since: readers bring the two together.
import mongoose, { Schema, type Types } from 'mongoose'
import { MAX_WISHLIST_TITLES } from './account.js'

export interface StoredWishlistOrder {
  /** The profile's id. */
  _id: Types.ObjectId
  account: Types.ObjectId
  titles: Types.ObjectId[]
  /** Grows with every new order: cursors of an older one are told apart by it. */
  revision: number
}

const wishlistOrderSchema = new Schema<StoredWishlistOrder>({
  _id: { type: Schema.Types.ObjectId, required: true },
  account: { type: Schema.Types.ObjectId, required: true },
  titles: {
    type: [Schema.Types.ObjectId],
    default: [],
    validate: (list: unknown[]) => list.length <= MAX_WISHLIST_TITLES,
  },
  revision: { type: Number, default: 0 },
}, { collection: 'wishlistorders', versionKey: false })

// Deletion of an account.
wishlistOrderSchema.index({ account: 1 })

export const WishlistOrder = mongoose.model('WishlistOrder', wishlistOrderSchema)

export async function findWishlistOrder (profileId: string): Promise<StoredWishlistOrder | null> {
  return await WishlistOrder.findById(profileId).lean<StoredWishlistOrder>()
}
